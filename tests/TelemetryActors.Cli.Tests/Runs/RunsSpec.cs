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
    [Trait("Feature", "D.6")]
    [InlineData("1e17", "1.15741E\\+09 d")]
    [InlineData("1772366400000000000", "2.05135E\\+10 d")]
    [InlineData("1e300", "1.15741E\\+292 d")]
    [InlineData("1e999", "-")]
    [InlineData("-5", "-")]
    public void A_duration_that_no_program_ever_took_is_shown(string recorded, string shown)
    {
        var line = $$$"""{"event":"run_end","run_id":"nightly-17","details":{"status":"success","agent_name":"cron","duration_ms":{{{recorded}}}}}""" + "\n";
        Assert.Equal(0, _program.Run(System.Text.Encoding.UTF8.GetBytes(line), "ingest", "-").ExitCode);

        var runs = _program.Run("runs", "--agent", "cron");
        var run = _program.Run("runs", "show", "nightly-17");
        var body = _program.Run("show", "--would-send", "runs");

        Assert.Equal((0, 0, 0), (runs.ExitCode, run.ExitCode, body.ExitCode));
        Assert.Matches($" {shown} +1 *$", runs.Lines[1]);
        Assert.Matches(shown == "-" ? "^run +nightly-17" : $"(?m)^duration +{shown}$", run.Output);
        Assert.Contains("\"run_id\":\"nightly-17\"", body.Output, StringComparison.Ordinal);
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
