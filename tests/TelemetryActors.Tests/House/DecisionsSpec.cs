using Xunit;

namespace TelemetryActors.Tests.House;

/// <summary>The list of decisions names each record once, in order.</summary>
public sealed class DecisionsSpec
{
    [Fact]
    public void Every_decision_stands_in_the_list_once_and_in_order()
    {
        var folder = RepositoryRoot.File("docs", "decisions");
        var records = Directory.GetFiles(folder, "0*.md").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

        var listed = File.ReadLines(Path.Combine(folder, "README.md"))
            .Where(line => line.Contains(".md)", StringComparison.Ordinal))
            .Select(line => line[(line.LastIndexOf('(') + 1)..line.LastIndexOf(')')]);

        Assert.Equal(records, listed);
    }
}
