using System.Collections.Concurrent;
using Akka.Actor;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class SinkActorSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly SinkBatch Batch = new(1, default, new Cursor(default, 1, 1), new byte[] { (byte)'\n' });

    private readonly ThreadLife _life = new();

    public SinkActorSpec()
        : base(EngineSettings.Reference.WithFallback(SpecSettings.Quiet))
    {
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public void A_sink_stays_on_its_own_thread_after_an_await()
    {
        var threads = new ConcurrentQueue<(int Id, bool IsPool)>();
        var sink = new AskingSink(async () =>
        {
            threads.Enqueue((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));
            await Task.Yield();
            threads.Enqueue((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));
        });
        var (supervisor, actor) = Start(() => sink);

        actor.Tell(new SinkProtocol.Deliver(Batch, CancellationToken.None));

        Assert.Equal(SinkOutcome.Delivered, supervisor.ExpectMsg<SinkProtocol.CallEnded>().Outcome);
        Assert.Single(threads.Distinct());
        Assert.All(threads, thread => Assert.False(thread.IsPool));
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public void A_sink_that_threw_is_disposed_before_another_is_made()
    {
        var happened = new ConcurrentQueue<string>();
        var (supervisor, actor) = Start(() =>
        {
            happened.Enqueue("made");
            return new AskingSink(
                () => happened.Count < 3 ? throw new InvalidOperationException("once") : ValueTask.CompletedTask,
                () => happened.Enqueue("disposed"));
        });

        actor.Tell(new SinkProtocol.Deliver(Batch, CancellationToken.None));
        Assert.Equal("once", supervisor.ExpectMsg<SinkProtocol.SinkThrew>().Cause.Message);
        actor.Tell(new SinkProtocol.Deliver(Batch, CancellationToken.None));

        supervisor.ExpectMsg<SinkProtocol.CallEnded>();
        Assert.Equal(["made", "disposed", "made"], happened.Take(3));
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public void A_search_for_bounds_is_begun_anew_for_another_question_and_each_answer_says_which_it_is_for()
    {
        var sink = new SearchingSink();
        var (supervisor, actor) = Start(() => sink);
        var time = new ReplayTime(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1));
        var (first, second) = (new BoundsQuestion(time), new BoundsQuestion(time));

        foreach (var question in (BoundsQuestion[])[first, first, second])
        {
            actor.Tell(new SinkProtocol.FindBounds(question));
        }

        Assert.Same(first, supervisor.ExpectMsg<SinkProtocol.BoundsFound>().Question);
        Assert.Same(first, supervisor.ExpectMsg<SinkProtocol.BoundsFound>().Question);
        Assert.Same(second, supervisor.ExpectMsg<SinkProtocol.BoundsFound>().Question);
        Assert.Equal(["begin", "find", "find", "begin", "find"], sink.Calls);
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public void A_sink_that_is_closed_is_disposed_and_its_actor_ends()
    {
        var disposed = 0;
        var (supervisor, actor) = Start(() => new AskingSink(() => ValueTask.CompletedTask, () => Interlocked.Increment(ref disposed)));
        actor.Tell(new SinkProtocol.Deliver(Batch, CancellationToken.None));
        supervisor.ExpectMsg<SinkProtocol.CallEnded>();
        supervisor.Watch(actor);

        actor.Tell(new SinkProtocol.Close());

        supervisor.ExpectTerminated(actor);
        Assert.Equal(1, Volatile.Read(ref disposed));
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public void A_sink_is_not_disposed_while_its_call_is_under_way_even_when_its_actor_is_stopped()
    {
        var happened = new ConcurrentQueue<string>();
        var call = new TaskCompletionSource();
        var (supervisor, actor) = Start(() => new AskingSink(
            async () =>
            {
                happened.Enqueue("called");
                await call.Task;
                happened.Enqueue("ended");
            },
            () => happened.Enqueue("disposed")));
        actor.Tell(new SinkProtocol.Deliver(Batch, CancellationToken.None));
        Eventually.Equal(1, () => happened.Count);

        supervisor.Watch(actor);
        Sys.Stop(actor);
        supervisor.ExpectTerminated(actor);
        Assert.False(_life.IsOver);
        call.SetResult();

        Eventually.True(() => _life.IsOver);
        Assert.Equal(["called", "ended", "disposed"], happened);
    }

    private (Akka.TestKit.TestProbe Supervisor, IActorRef Actor) Start(Func<ISink> make)
    {
        var supervisor = CreateTestProbe();
        var definition = new SinkDefinition("sink", SinkPolicies.EventLog, _ => make());
        return (supervisor, supervisor.ChildActorOf(SinkActor.Props(definition, new SinkContext("sink", "", TimeProvider.System), _life)));
    }

    private sealed class AskingSink(Func<ValueTask> deliver, Action? dispose = null) : ISink
    {
        public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
        {
            await deliver();
            return SinkOutcome.Delivered;
        }

        public ValueTask DisposeAsync()
        {
            dispose?.Invoke();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class SearchingSink : ISink, IFindsBounds
    {
        public ConcurrentQueue<string> Calls { get; } = new();

        public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation) => ValueTask.FromResult(SinkOutcome.Delivered);

        public void BeginBounds() => Calls.Enqueue("begin");

        public ValueTask<IReadOnlyList<EventRange>> FindBoundsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
        {
            Calls.Enqueue("find");
            return ValueTask.FromResult<IReadOnlyList<EventRange>>([]);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
