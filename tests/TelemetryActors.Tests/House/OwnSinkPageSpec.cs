using Xunit;

namespace TelemetryActors.Tests.House;

/// <summary>What the page about sinks of one's own shows is the sample's code, which compiles and is checked.</summary>
public sealed class OwnSinkPageSpec
{
    [Fact]
    public void Every_snippet_stands_in_the_sample_as_it_is()
    {
        string[] files =
        [
            .. Directory.GetFiles(RepositoryRoot.File("samples", "ChatAlerts"), "*.cs"),
            RepositoryRoot.File("tests", "TelemetryActors.Tests", "Samples", "ChatAlertsSpec.cs"),
        ];
        var code = files.Select(file => Lines(File.ReadAllText(file))).ToList();

        var snippets = File.ReadAllText(RepositoryRoot.File("docs", "your-own-sink.md"))
            .Split("```csharp\n").Skip(1).Select(rest => Lines(rest.Split("```")[0])).ToList();

        Assert.Equal(4, snippets.Count);
        Assert.All(snippets, snippet => Assert.Contains(code, lines => lines.Contains(snippet, StringComparison.Ordinal)));
    }

    // Line by line, however deep it is indented.
    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim())).Trim();
}
