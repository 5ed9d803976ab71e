using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>Six hours on the framework's own test scheduler, which moves with the deciders' clock.</summary>
public sealed class SixHoursSpec : Akka.TestKit.Xunit2.TestKit
{
    private readonly ManualTime _time = new();
    private readonly EngineRig _rig;

    public SixHoursSpec()
        : base(ConfigurationFactory.ParseString("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"").WithFallback(SpecSettings.Quiet)) =>
        _rig = new EngineRig(_time);

    [Fact]
    [Trait("Feature", "SK.6")]
    [Trait("Feature", "S1.17")]
    public async Task A_sink_that_fails_rests_for_six_hours_while_three_others_deliver_and_then_takes_its_whole_backlog()
    {
        var failing = new FailingSink(new SinkOutcome.Retry("down"));
        RecordingSink[] others = [new(), new(), new()];
        var engine = new AkkaEngine(
            Sys, new PipelineDefinition([EngineRig.Define("failing", failing), .. others.Select((sink, index) => EngineRig.Define($"healthy-{index}", sink))]), _rig.Environment);
        engine.Start();
        _rig.Source.Append(10);
        Eventually.Equal(CircuitState.Open, () => engine.Statuses[0].Circuit.State, Tick);
        var (openUntil, calls) = (engine.Statuses[0].Circuit.OpenUntil!.Value, failing.Calls);
        Assert.InRange(openUntil - _time.GetUtcNow(), TimeSpan.FromHours(6) - TimeSpan.FromMinutes(5), TimeSpan.FromHours(6));

        while (_time.GetUtcNow() < openUntil - TimeSpan.FromMinutes(2))
        {
            _rig.Source.Append(1);
            Advance(TimeSpan.FromMinutes(1));
            var latest = _time.GetUtcNow() + TimeSpan.FromSeconds(30);
            Eventually.True(() => others.All(sink => sink.Numbers.Count == _rig.Source.Tail.Ordinal), () => string.Join("; ", engine.Statuses), () => TickUntil(latest));
        }

        Assert.Equal((calls, CircuitState.Open, openUntil), (failing.Calls, engine.Statuses[0].Circuit.State, engine.Statuses[0].Circuit.OpenUntil));
        failing.Recover();
        Advance(TimeSpan.FromMinutes(1));
        Eventually.Equal((int)_rig.Source.Tail.Ordinal, () => failing.Numbers.Count, Tick);

        Assert.True(_time.GetUtcNow() >= openUntil);
        Assert.Equal(Enumerable.Range(0, failing.Numbers.Count).Select(number => (long)number), failing.Numbers);
        Assert.Equal(CircuitState.Closed, engine.Statuses[0].Circuit.State);
        await engine.DisposeAsync();
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _rig.Dispose();
    }

    // However long the threads of a busy machine take, the clock does not run past the hours that are looked at.
    private void TickUntil(DateTimeOffset latest)
    {
        if (_time.GetUtcNow() < latest)
        {
            Tick();
        }
    }

    private void Tick() => Advance(TimeSpan.FromMilliseconds(10));

    private void Advance(TimeSpan by)
    {
        _time.Advance(by);
        ((TestScheduler)Sys.Scheduler).Advance(by);
    }
}
