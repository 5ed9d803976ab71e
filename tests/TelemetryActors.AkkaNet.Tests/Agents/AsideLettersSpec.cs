using System.Collections.Concurrent;
using Akka.Actor;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

/// <summary>An agent some of whose runs are refused for long, on an engine with real files.</summary>
public sealed class AsideLettersSpec : Akka.TestKit.Xunit2.TestKit
{
    private readonly ManualTime _time;
    private readonly EngineRig _rig;
    private readonly ActorSystem _collectors = ActorSystem.Create("collectors", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    private readonly ConcurrentQueue<RunBatch> _told = [];
    private readonly ConcurrentQueue<(string Run, long Number)> _taken = [];
    private volatile bool _isRefusing = true;

    public AsideLettersSpec()
        : this(new ManualTime())
    {
    }

    private AsideLettersSpec(ManualTime time)
        : base(ManualScheduler.On(time).WithFallback(SpecSettings.Quiet))
    {
        _time = time;
        _rig = new EngineRig(time);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_run_that_is_refused_for_long_holds_up_no_other_and_gets_all_its_lines_when_it_is_taken_again()
    {
        await using var engine = Start();

        Append("bad", 1);
        Append("good", 1);
        Eventually.Equal(1L, () => engine.Statuses[0].DeadLettered, Pass);
        Append("bad", 2);
        Append("good", 2);
        Eventually.Equal(2L, () => engine.Statuses[0].DeadLettered, Pass);
        var (good, circuit) = (Taken("good"), engine.Statuses[0].Circuit.State);
        _isRefusing = false;
        Eventually.Equal(2, () => Taken("bad").Count, Pass);
        Append("bad", 3);
        Eventually.Equal(3, () => Taken("bad").Count, Pass);

        Assert.Equal([1L, 2], good);
        Assert.Equal(CircuitState.Closed, circuit);
        Assert.Equal([1L, 2, 3], Taken("bad").Order());
        Assert.Equal(3, Taken("bad")[^1]);
        Assert.False(_told.Last(batch => batch.EntityId == "bad").IsRepeat);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task What_an_agent_set_aside_before_it_was_started_anew_is_tried_too_once_it_reports()
    {
        await using (var first = Start())
        {
            Append("bad", 1);
            Append("good", 1);
            Eventually.Equal(1L, () => first.Statuses[0].DeadLettered, Pass);
        }

        _isRefusing = false;
        await using var second = Start();
        Append("good", 2);

        Eventually.Equal(1, () => Taken("bad").Count, Pass);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void What_is_set_aside_has_a_bound_and_a_disk_that_does_not_say_has_no_room()
    {
        var directory = _rig.Environment.BaseDirectory;
        var letters = new AsideLetters(DiskFileSystem.Instance, directory, "cluster");
        var before = letters.HasRoom;
        Directory.CreateDirectory(Path.Combine(directory, "dead"));
        using (var file = File.Create(Path.Combine(directory, "dead", "cluster.ndjson")))
        {
            file.SetLength(AsideLetters.MostBytes);
        }

        Assert.True(before);
        Assert.False(letters.HasRoom);
        Assert.False(letters.TryAskFor(_time.GetUtcNow()));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _collectors.Dispose();
        _rig.Dispose();
    }

    private void Append(string run, int number) => _rig.Source.Append(AgentLine.Of(run, number)[..^1]);

    private List<long> Taken(string run) => [.. _taken.Where(taken => taken.Run == run).Select(taken => taken.Number)];

    private void Pass() => _time.Advance(TimeSpan.FromMilliseconds(100));

    // Calls have hours: the test's clock is ahead of the threads that make them.
    private AkkaEngine Start()
    {
        var runs = _collectors.ActorOf(Props.Create(() => new TakingActor(_told, batch => Answer(batch))));
        var policy = ClusterSinkRegistration.Policy(new ClusterSinkOptions()) with { CallTimeout = EngineRig.CallTimeout, ProbeTimeout = EngineRig.CallTimeout };
        var definition = new SinkDefinition("cluster", policy, context => new ClusterSink(
            new TestRegion(runs), Eventually.DefaultBound, TimeSpan.FromMinutes(10), new AsideLetters(DiskFileSystem.Instance, context.BaseDirectory, context.Name), context.Time));
        var engine = new AkkaEngine(Sys, new PipelineDefinition([definition]), _rig.Environment);
        engine.Start();
        return engine;
    }

    private object? Answer(RunBatch batch)
    {
        if (_isRefusing && batch.EntityId == "bad")
        {
            return new RunBatchRefused(batch.BatchId, "the event log cannot be written");
        }

        foreach (var line in batch.Lines.ToArray().AsMemory().ToLines())
        {
            _taken.Enqueue((batch.EntityId, Lines.NumberOf(line)));
        }

        return TakingActor.Take(batch);
    }
}
