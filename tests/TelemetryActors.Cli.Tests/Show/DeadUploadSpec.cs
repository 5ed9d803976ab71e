using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Show;

/// <summary>What an operator sees of a living process whose uploads fail.</summary>
[Trait("Feature", "S1.19")]
public sealed class DeadUploadSpec : IDisposable
{
    private readonly UploadRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task The_immediate_history_is_shown_and_why_none_of_it_was_uploaded()
    {
        _rig.Server.AnswerWith(403);
        var options = _rig.Program.Options();
        await using var telemetry = TelemetryClient.Start(options.AddHttp(_rig.Server.Address));
        telemetry.Consent.Grant("jane");
        Eventually.True(() => Http(telemetry) is { Accounts.Count: > 0, Circuit.State: CircuitState.Closed });
        for (var number = 0; number < 60; number++)
        {
            telemetry.Record("step", ("n", number));
        }

        Eventually.Equal(CircuitState.Open, () => Http(telemetry).Circuit.State);
        telemetry.Record("after_the_failure", ("n", 60));
        await telemetry.FlushAsync();

        var steps = _rig.Program.Show("--last", "200").Where(shown => shown.GetProperty("details").TryGetProperty("n", out _)).ToList();
        Assert.Equal(Enumerable.Range(0, 61), steps.Select(shown => shown.GetProperty("details").GetProperty("n").GetInt32()));
        Assert.Equal("after_the_failure", steps[^1].GetProperty("event").GetString());
        var told = TelemetryProgram.Json(_rig.Program.Run("sinks", "--json")).Single(sink => sink.GetProperty("sink").GetString() == "http");
        Assert.Equal(("open", 0L), (told.GetProperty("circuit").GetString(), told.GetProperty("delivered").GetInt64()));
        Assert.Contains("403", told.GetRawText(), StringComparison.Ordinal);
        Assert.NotEmpty(_rig.Server.Requests);
    }

    private static SinkStatus Http(TelemetryClient telemetry) => telemetry.Sinks.Single(status => status.Name == "http");
}
