using System.Diagnostics;
using TelemetryActors.TestKit;
using TelemetryActors.Tests.House;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.House;

/// <summary>What the page about services of actors shows is the sample's code, and the sample does what the page says.</summary>
public sealed class ActorServiceSpec : IDisposable
{
    private readonly string _directory = TestFolder.Create();

    public void Dispose() => TestFolder.Delete(_directory);

    [Fact]
    public void Every_snippet_stands_in_the_sample_as_it_is()
    {
        var code = Directory.GetFiles(RepositoryRoot.File("samples", "ActorService"), "*.cs").Select(file => Lines(File.ReadAllText(file))).ToList();

        var snippets = File.ReadAllText(RepositoryRoot.File("docs", "actors.md"))
            .Split("```csharp\n").Skip(1).Select(rest => Lines(rest.Split("```")[0])).ToList();

        Assert.Equal(5, snippets.Count);
        Assert.All(snippets, snippet => Assert.Contains(code, lines => lines.Contains(snippet, StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task The_sample_runs_as_the_page_says()
    {
        using var service = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ActorService.dll"), $"--TelemetryActors:BaseDirectory={_directory}"])
        {
            RedirectStandardOutput = true,
        })!;
        var said = await service.StandardOutput.ReadToEndAsync();
        Eventually.True(() => service.HasExited);

        Assert.Equal(0, service.ExitCode);
        Assert.Contains("order Success", said);
        Assert.Contains("telemetry Healthy: Every sink takes events.", said);
        var log = Directory.GetFiles(Path.Combine(_directory, "raw"), "*.ndjson").SelectMany(File.ReadLines).ToList();
        Assert.Contains(log, line => line.Contains("\"event\":\"order_taken\"", StringComparison.Ordinal));
        Assert.Contains(log, line => line.Contains("\"event\":\"parcel_sent\"", StringComparison.Ordinal));
    }

    // Line by line, however deep it is indented.
    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim())).Trim();
}
