using TelemetryActors.Delivery;

namespace TelemetryActors.Tests.Engine;

/// <summary>Counts what it takes and looks at its order, in memory that does not grow; until it is told to work it does something else.</summary>
internal sealed class OrderedSink(Func<ValueTask<SinkOutcome>>? instead) : ISink
{
    private Func<ValueTask<SinkOutcome>>? _instead = instead;
    private long _next;
    private long _outOfOrder;

    /// <summary>Events that came, repetitions of a batch left out.</summary>
    public long Taken => Volatile.Read(ref _next);

    /// <summary>Events that came after a later one, or with a hole before them.</summary>
    public long OutOfOrder => Volatile.Read(ref _outOfOrder);

    public void Recover() => Volatile.Write(ref _instead, null);

    public async ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _instead) is { } answer)
        {
            return await answer();
        }

        Take(batch.Lines.Span);
        return SinkOutcome.Delivered;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Take(ReadOnlySpan<byte> lines)
    {
        for (var at = 0; at < lines.Length; at += NumberedSource.EventBytes)
        {
            var number = NumberedSource.NumberOf(lines[at..]);
            if (number > _next)
            {
                Interlocked.Increment(ref _outOfOrder);
            }
            else if (number == _next)
            {
                Volatile.Write(ref _next, number + 1);
            }
        }
    }
}
