using System.Text.Json;
using TelemetryActors.Sampling;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Trait("Feature", "S2.18")]
public sealed class SessionSpec : IDisposable
{
    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(TelemetryPreset.Service)]
    [InlineData(TelemetryPreset.Collector)]
    public void A_client_is_a_session_with_an_event_at_either_end(TelemetryPreset preset)
    {
        var telemetry = _rig.Start(options => options.RingBytes = 1 << 20, preset);
        var session = telemetry.SessionId;

        telemetry.Record("work");
        telemetry.Dispose();

        Assert.Equal(["session.start", "work", "session.end"], _rig.Names());
        Assert.All(_rig.Events(), json => Assert.Equal(session, json.GetProperty("session_id").GetString()));
        Assert.True(_rig.Events()[^1].GetProperty("details").GetProperty("duration_ms").GetDouble() >= 0);
    }

    [Fact]
    public void A_small_program_says_nothing_of_its_session_and_names_it_all_the_same()
    {
        var telemetry = _rig.Start();

        telemetry.Record("work");
        telemetry.Dispose();

        var work = Assert.Single(_rig.Events());
        Assert.Equal(16, work.GetProperty("session_id").GetString()!.Length);
    }

    [Fact]
    [Trait("Feature", "S3.29")]
    public void A_session_that_is_started_anew_has_another_random_name()
    {
        var telemetry = _rig.Start(preset: TelemetryPreset.Service);
        var first = telemetry.SessionId;

        var second = telemetry.StartSession();
        telemetry.Record("work");
        telemetry.Dispose();

        Assert.NotEqual(first, second);
        Assert.Equal(
            [("session.start", first), ("session.end", first), ("session.start", second), ("work", second), ("session.end", second)],
            _rig.Events().Select(json => (json.GetProperty("event").GetString()!, json.GetProperty("session_id").GetString())));
    }

    [Fact]
    public void Between_two_sessions_events_belong_to_none()
    {
        var telemetry = _rig.Start(preset: TelemetryPreset.Service);

        telemetry.EndSession();
        telemetry.EndSession();
        telemetry.Record("work");
        telemetry.Dispose();

        Assert.Equal(["session.start", "session.end", "work"], _rig.Names());
        Assert.False(_rig.Events()[^1].TryGetProperty("session_id", out _));
    }

    [Fact]
    [Trait("Feature", "U.5")]
    public void A_throttle_leaves_sessions_alone_and_switched_off_there_is_none()
    {
        var throttled = _rig.Start(options => options.Sampling = new SamplingOptions { Mode = SamplingMode.Throttled, MaxEventsPerWindow = 1 }, TelemetryPreset.Service);
        throttled.StartSession();
        throttled.Dispose();
        var off = _rig.Start(options => options.Enabled = false, TelemetryPreset.Service);
        off.Dispose();

        Assert.Equal(["session.start", "session.end", "session.start", "session.end"], _rig.Names());
        Assert.Empty(off.Refused);
    }
}
