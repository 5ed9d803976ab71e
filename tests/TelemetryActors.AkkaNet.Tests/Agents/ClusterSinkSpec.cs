using System.Collections.Concurrent;
using Akka.Actor;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

public sealed class ClusterSinkSpec : IDisposable
{
    // Longer than those who answer take on a starved machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ActorSystem _system = ActorSystem.Create("collectors", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    private readonly ConcurrentQueue<RunBatch> _told = [];

    public void Dispose() => _system.Dispose();

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task Tells_each_run_its_lines_under_numbers_of_their_own()
    {
        await using var sink = Sink(TakingActor.Take);

        var outcome = await sink.DeliverAsync(Batch(AgentLine.Of("a", 1), AgentLine.Of("b", 2), AgentLine.Of("a", 3)), CancellationToken.None);

        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal([("a", 2), ("b", 1)], _told.OrderBy(batch => batch.EntityId).Select(batch => (batch.EntityId, batch.Count)));
        Assert.Equal(2, _told.Select(batch => batch.BatchId).Distinct().Count());
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_runs_next_part_is_not_told_before_the_one_before_was_taken()
    {
        await using var sink = Sink(batch => batch.Lines.Span.IndexOf("\"n\":1,"u8) >= 0 ? new RunBatchRefused(batch.BatchId, "the ring is full") : TakingActor.Take(batch));

        var outcome = await sink.DeliverAsync(Batch([.. Enumerable.Range(1, 40).Select(number => AgentLine.Of("a", number, padding: 10_000))]), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Retry("the ring is full"), outcome);
        Assert.Single(_told);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task Never_has_more_under_way_than_a_proxy_may_hold_when_collectors_vanish()
    {
        await using var sink = Sink(_ => null);
        using var over = new CancellationTokenSource();

        var delivering = sink.DeliverAsync(Batch([.. Enumerable.Range(1, 200).Select(number => AgentLine.Of("run-" + number, number))]), over.Token);
        Eventually.Equal(32, () => _told.Count);
        await over.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivering.AsTask());
        Assert.Equal(32, _told.Count);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task Silence_is_a_failure_and_ends_the_batch()
    {
        var runs = Runs(_ => null);
        await using var sink = Sink(new TestRegion(runs), TimeSpan.FromMilliseconds(50));

        var outcome = await sink.DeliverAsync(Batch([.. Enumerable.Range(1, 100).Select(number => AgentLine.Of("run-" + number, number))]), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Retry("100 of 100 runs were not answered for in time"), outcome);

        // Who is silent may hear late, too: what it was told before this it has by then.
        await runs.Ask<ActorIdentity>(new Identify(null), Eventually.DefaultBound);
        Assert.InRange(_told.Count, 1, 64);
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    public async Task A_run_that_is_silent_keeps_no_other_from_being_told()
    {
        await using var sink = Sink(batch => batch.EntityId == "run-1" ? null : TakingActor.Take(batch), Patience);

        var outcome = await sink.DeliverAsync(
            Batch([.. Enumerable.Range(1, 100).Select(number => AgentLine.Of("run-" + number, number))]) with { Attempt = AsideRuns.MaxSilentAttempts + 1 },
            CancellationToken.None);

        Assert.Equal([0], Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).Items.Select(item => item.Index));
        Assert.Equal(100, _told.Count);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task What_a_run_has_taken_is_not_told_again_while_another_run_is_refused()
    {
        var isOpen = true;
        await using var sink = Sink(batch => batch.EntityId == "b" && isOpen ? new RunBatchRefused(batch.BatchId, "the event log cannot be written") : TakingActor.Take(batch));
        var batch = Batch(AgentLine.Of("a", 1), AgentLine.Of("b", 2), AgentLine.Of("c", 3));

        var refused = await sink.DeliverAsync(batch, CancellationToken.None);
        isOpen = false;
        var taken = await sink.DeliverAsync(batch with { Attempt = 2 }, CancellationToken.None);
        var next = await sink.DeliverAsync(batch with { Attempt = 1 }, CancellationToken.None);

        Assert.IsType<SinkOutcome.Retry>(refused);
        Assert.Equal((SinkOutcome.Delivered, SinkOutcome.Delivered), (taken, next));
        Assert.Equal(["a", "b", "c", "b", "a", "b", "c"], Told(3, 1, 3));
    }

    [Theory]
    [InlineData(BatchOrigin.Live, false)]
    [InlineData(BatchOrigin.Replay, true)]
    [InlineData(BatchOrigin.DeadLetters, true)]
    [Trait("Feature", "SK.8")]
    public async Task What_goes_once_more_says_so_or_it_would_be_taken_for_a_duplicate(BatchOrigin origin, bool isRepeat)
    {
        await using var sink = Sink(TakingActor.Take);

        await sink.DeliverAsync(Batch(AgentLine.Of("a", 1)) with { Origin = origin }, CancellationToken.None);

        Assert.Equal(isRepeat, Assert.Single(_told).IsRepeat);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task What_is_no_event_becomes_a_dead_letter_and_is_told_to_nobody()
    {
        await using var sink = Sink(TakingActor.Take);
        byte[] damaged = AgentLine.Of("a", 3);
        damaged[^10] = 0;

        var outcome = await sink.DeliverAsync(Batch(AgentLine.Of("a", 1), "no JSON at all\n"u8.ToArray(), AgentLine.Of("a", 2), damaged), CancellationToken.None);
        var ofNothing = await sink.DeliverAsync(Batch(damaged), CancellationToken.None);

        Assert.Equal([1, 3], Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).Items.Select(item => item.Index));
        Assert.All(((SinkOutcome.PartlyDelivered)outcome).Items, item => Assert.Contains("no event", item.Reason));
        Assert.Equal(("a", 2), (Assert.Single(_told).EntityId, _told.Single().Count));
        Assert.Equal([0], Assert.IsType<SinkOutcome.PartlyDelivered>(ofNothing).Items.Select(item => item.Index));
        Assert.False(((SinkOutcome.PartlyDelivered)ofNothing).IsProof);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task Without_a_collector_nothing_is_told_and_nothing_is_lost()
    {
        await using var sink = Sink(new TestRegion(null), TimeSpan.FromSeconds(1));

        var outcome = await sink.DeliverAsync(Batch(AgentLine.Of("a", 1)), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Retry("no collector is up"), outcome);
    }

    [Fact]
    public async Task The_way_ends_with_the_sink()
    {
        var region = new TestRegion(null);

        await Sink(region, TimeSpan.FromSeconds(1)).DisposeAsync();

        Assert.True(region.IsDisposed);
    }

    // Of each batch in turn, whom it told; those of one batch are told in no order.
    private IEnumerable<string> Told(params int[] counts)
    {
        var all = new Queue<string>(_told.Select(batch => batch.EntityId));
        return counts.SelectMany(count => Enumerable.Range(0, count).Select(_ => all.Dequeue()).Order().ToList()).Concat(all);
    }

    private ClusterSink Sink(Func<RunBatch, object?> answer, TimeSpan? timeout = null) =>
        Sink(new TestRegion(Runs(answer)), timeout ?? Eventually.DefaultBound);

    private IActorRef Runs(Func<RunBatch, object?> answer) => _system.ActorOf(Props.Create(() => new TakingActor(_told, answer)));

    private static ClusterSink Sink(IRunRegion region, TimeSpan timeout) =>
        new(region, timeout, TimeSpan.FromMinutes(10), new AsideLetters(DiskFileSystem.Instance, "/nowhere", "cluster"), TimeProvider.System);

    private static SinkBatch Batch(params byte[][] lines)
    {
        var bytes = AgentLine.Join(lines);
        return new SinkBatch(1, new Cursor(new StreamId(1), 0, 0), new Cursor(new StreamId(1), bytes.Length, lines.Length), bytes);
    }
}
