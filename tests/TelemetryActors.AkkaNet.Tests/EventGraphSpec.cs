using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.TestKit;
using Akka.TestKit;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class EventGraphSpec : Akka.TestKit.Xunit2.TestKit
{
    private readonly EngineRig _rig = new(new ManualTime());

    public EventGraphSpec()
        : base(EngineSettings.Reference.WithFallback(SpecSettings.Quiet))
    {
    }

    [Fact]
    [Trait("Feature", "SK.4")]
    public void A_head_is_emitted_when_it_has_moved_and_only_the_newest()
    {
        _rig.Source.Append(3);
        var heads = Source.FromGraph(new HeadSource(() => _rig.Source.Tail, _rig.Source)).RunWith(this.SinkProbe<long>(), Sys.Materializer(EventGraph.Settings(Sys, Dispatchers.DefaultDispatcherId)));

        heads.Request(2);
        heads.ExpectNext(_rig.Source.Tail.Position);
        _rig.Source.Append(1);

        heads.ExpectNext(_rig.Source.Tail.Position);
    }

    [Fact]
    [Trait("Feature", "SK.4")]
    public async Task After_a_few_heads_in_a_row_the_newest_comes_with_the_next_look()
    {
        var time = new ManualTime();
        var heads = new ConcurrentQueue<long>();
        using var system = ActorSystem.Create("manual", ManualScheduler.On(time).WithFallback(SpecSettings.Quiet));
        _ = Source.FromGraph(new HeadSource(() => _rig.Source.Tail, _rig.Source)).RunForeach(heads.Enqueue, system.Materializer());
        Eventually.Equal(1, () => heads.Count);
        for (var head = 2; head <= HeadSource.Burst; head++)
        {
            _rig.Source.Append(1);
            Eventually.Equal(head, () => heads.Count);
        }

        for (var events = 0; events < 100; events++)
        {
            _rig.Source.Append(1);
            Thread.Yield();
        }

        Eventually.Equal(_rig.Source.Tail.Position, () => heads.Last(), () => time.Advance(HeadSource.Pause));
        Assert.Equal(HeadSource.Burst + 1, heads.Count);
        await system.Terminate();
    }

    [Fact]
    [Trait("Feature", "SK.4")]
    [Trait("Feature", "SK.6")]
    public void A_branch_that_is_stuck_holds_nobody_and_its_heads_conflate()
    {
        var (stuck, quick) = (CreateTestProbe(), CreateTestProbe());
        var (killSwitch, _) = Run(("stuck", stuck), ("quick", quick));
        var number = stuck.ExpectMsg<SinkProtocol.WhatNext>().Number;
        var stage = stuck.LastSender;
        var quickly = quick.ExpectMsg<SinkProtocol.WhatNext>().Number;

        for (var events = 1; events <= 100; events++)
        {
            _rig.Source.Append(1);
            quickly = AnswerUntil(quick, quickly, events);
        }

        stuck.Watch(stage);
        stage.Tell(new SinkProtocol.NothingNow(number), stuck);
        var questions = 0;
        killSwitch.Shutdown();
        while (stuck.ExpectMsg<object>() is SinkProtocol.WhatNext asked)
        {
            questions++;
            stage.Tell(new SinkProtocol.NothingNow(asked.Number), stuck);
        }

        Assert.InRange(questions, 0, 5);
    }

    [Fact]
    [Trait("Feature", "SK.4")]
    public void A_batch_is_read_at_the_cursor_and_the_next_only_when_it_is_settled()
    {
        var supervisor = CreateTestProbe();
        _rig.Source.Append(5);
        Run(("sink", supervisor));

        var asked = supervisor.ExpectMsg<SinkProtocol.WhatNext>(asked => asked.Tails.Single().Tail == _rig.Source.Tail);
        supervisor.Reply(Read(3, asked.Number));
        var read = supervisor.ExpectMsg<SinkProtocol.BatchRead>();
        Assert.Equal(3, read.Read.Count);
        Assert.False(supervisor.HasMessages);
        supervisor.Reply(new SinkProtocol.BatchSettled());

        supervisor.ExpectMsg<SinkProtocol.WhatNext>();
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public void A_supervisor_that_was_started_anew_is_asked_again_and_answers_to_the_one_before_are_of_no_use()
    {
        var supervisor = CreateTestProbe();
        _rig.Source.Append(5);
        Run(("sink", supervisor));
        var first = supervisor.ExpectMsg<SinkProtocol.WhatNext>();

        supervisor.Reply(new SinkProtocol.AskAgain());
        var second = supervisor.ExpectMsg<SinkProtocol.WhatNext>();
        supervisor.Reply(Read(3, first.Number));
        supervisor.Reply(Read(2, second.Number));

        Assert.Equal(2, supervisor.ExpectMsg<SinkProtocol.BatchRead>().Read.Count);
        Assert.False(supervisor.HasMessages);
    }

    [Fact]
    [Trait("Feature", "SK.4")]
    [Trait("Feature", "SK.6")]
    public void Logs_are_looked_at_and_read_on_a_thread_that_no_dispatcher_knows()
    {
        var supervisor = CreateTestProbe();
        var threads = new ConcurrentQueue<string?>();
        var other = new WatchedSource(new MemoryEventSource(), threads, slot: 2);
        IEventSource[] sources = [new WatchedSource(_rig.Source, threads, slot: 1), other];
        var definition = EngineRig.Define("sink", new RecordingSink()) with { IsEventLog = false };
        var reading = EventGraph.Branch(definition, new SinkSources(definition, _rig.Environment with { Sources = () => sources }), supervisor, new ThreadLife());

        Source.Maybe<long>().RunWith(reading, Sys.Materializer(EventGraph.Settings(Sys, Dispatchers.DefaultDispatcherId)));
        supervisor.Reply(Read(3, supervisor.ExpectMsg<SinkProtocol.WhatNext>().Number));
        supervisor.ExpectMsg<SinkProtocol.BatchRead>();

        Assert.Equal(["telemetry sink reads"], threads.Distinct());
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _rig.Dispose();
    }

    private static SinkProtocol.ReadThis Read(int events, long number) => new(new(1, default, events, 64 * 1024, IsProbe: false, NewestOnly: false), number);

    // The stage asks again at each head; what it asked last is what it waits for.
    private static long AnswerUntil(TestProbe supervisor, long number, long tail)
    {
        while (true)
        {
            supervisor.LastSender.Tell(new SinkProtocol.NothingNow(number), supervisor);
            var asked = supervisor.ExpectMsg<SinkProtocol.WhatNext>();
            number = asked.Number;
            if (asked.Tails.Single().Tail.Ordinal >= tail)
            {
                return number;
            }
        }
    }

    private (UniqueKillSwitch KillSwitch, Task Ended) Run(params (string Name, TestProbe Supervisor)[] sinks)
    {
        var (killSwitch, ended) = EventGraph
            .Create(_rig.Environment, [.. sinks.Select(sink => (EngineRig.Define(sink.Name, new RecordingSink()), sink.Supervisor.Ref))], new ThreadLife())
            .Run(Sys.Materializer(EventGraph.Settings(Sys, Dispatchers.DefaultDispatcherId)));
        return (killSwitch, ended);
    }

    private sealed class WatchedSource(MemoryEventSource inner, ConcurrentQueue<string?> threads, int slot) : IEventSource
    {
        public int Slot => slot;

        public Cursor Tail
        {
            get
            {
                threads.Enqueue(Thread.CurrentThread.Name);
                return inner.Tail;
            }
        }

        public EventRead Read(Cursor from, int maxEvents, Span<byte> buffer)
        {
            threads.Enqueue(Thread.CurrentThread.Name);
            return inner.Read(from, maxEvents, buffer);
        }
    }
}
