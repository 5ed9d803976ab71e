using TelemetryActors.Runs;
using Xunit;

namespace TelemetryActors.Cli.Runs;

public sealed class RunsSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public RunsSpec() => _program.Record(client =>
    {
        using (var run = client.StartRun("crawler", "nightly"))
        {
            run.Record("checkpoint");
            run.SetMetric("items", 10);
        }

        client.StartRun("indexer", "hourly").End(RunStatus.Partial);
    });

    public void Dispose() => _program.Dispose();

    [Fact]
    [Trait("Feature", "S4.10")]
    public void Lists_runs_with_how_they_stand()
    {
        var lines = _program.Run("runs").Lines;

        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^RUN +AGENT +JOB +STATUS +STARTED +DURATION +EVENTS +METRICS$", lines[0]);
        Assert.Matches(@"^\d{8}T\d{6}Z-crawler-[0-9a-f]{8} +crawler +nightly +success +\S+ \S+Z +\d+ ms +3 +items=10$", lines[1]);
        Assert.Matches(@" indexer +hourly +partial ", lines[2]);
    }

    [Theory]
    [InlineData("--agent", "indexer", "indexer")]
    [InlineData("--status", "SUCCESS", "crawler")]
    [InlineData("--last", "1", "indexer")]
    public void Lists_only_what_is_asked_for(string option, string value, string agent)
    {
        var run = Assert.Single(TelemetryProgram.Json(_program.Run("runs", "--json", option, value)));

        Assert.Equal(agent, run.GetProperty("agent").GetString());
    }
}
