using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using Xunit;

namespace TelemetryActors.TestKit.Conformance;

/// <summary>What every sink must do. Inherit it once a sink, for sinks of your own too.</summary>
public abstract class SinkConformance
{
    /// <summary>Makes the sink, connected to something that works.</summary>
    protected abstract ISink Create();

    /// <summary>The numbers of the events that arrived at the other end, in order, repetitions included.</summary>
    protected abstract IReadOnlyList<long> Arrived();

    /// <summary>Makes the other end refuse or drop everything; false when this kind of destination cannot fail.</summary>
    protected abstract bool TryBreak();

    [Fact]
    public async Task Delivers_a_batch_in_order()
    {
        await using var sink = Create();

        var outcome = await sink.DeliverAsync(Batch(0, 10), CancellationToken.None);

        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal(Enumerable.Range(0, 10).Select(number => (long)number), Arrived());
    }

    [Fact]
    public async Task Delivers_a_batch_of_one_event()
    {
        await using var sink = Create();

        var outcome = await sink.DeliverAsync(Batch(7, 1), CancellationToken.None);

        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal([7], Arrived());
    }

    [Fact]
    public async Task Delivers_one_batch_after_the_other()
    {
        await using var sink = Create();

        await sink.DeliverAsync(Batch(0, 3), CancellationToken.None);
        await sink.DeliverAsync(Batch(3, 3), CancellationToken.None);

        Assert.Equal([0, 1, 2, 3, 4, 5], Arrived());
    }

    [Fact]
    public async Task Keeps_nothing_of_the_batchs_memory_after_the_call()
    {
        await using var sink = Create();
        var batch = Batch(0, 5);
        var memory = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(batch.Lines, out var lines) ? lines.Array! : [];

        await sink.DeliverAsync(batch, CancellationToken.None);
        memory.AsSpan().Fill((byte)'x');

        Assert.Equal([0, 1, 2, 3, 4], Arrived());
    }

    [Fact]
    public async Task A_failure_is_an_outcome_and_not_delivered()
    {
        await using var sink = Create();
        if (!TryBreak())
        {
            return;
        }

        var outcome = await sink.DeliverAsync(Batch(0, 5), CancellationToken.None);

        Assert.NotEqual(SinkOutcome.Delivered, outcome);
    }

    /// <summary>Events with consecutive numbers.</summary>
    protected static SinkBatch Batch(long first, int count)
    {
        byte[] lines = [.. Enumerable.Range(0, count).SelectMany(index => Lines.Event(first + index).Append((byte)'\n'))];
        var stream = new StreamId(1);
        return new SinkBatch(1, new Cursor(stream, 0, first), new Cursor(stream, lines.Length, first + count), lines);
    }
}
