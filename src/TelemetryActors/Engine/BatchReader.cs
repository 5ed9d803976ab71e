using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>Reads what a plan asks for into a sink's one buffer.</summary>
internal static class BatchReader
{
    /// <summary>The largest event; a buffer holds at least one.</summary>
    public const int MaxEventBytes = 64 * 1024;

    /// <summary>Room for the largest batch of a policy and an event more, so that a repeated batch fits with the same bounds.</summary>
    public static int BufferBytes(SinkPolicy policy) => policy.MaxBatchBytes + MaxEventBytes;

    /// <summary>A buffer for a plan: the given one, or one of its own for bounds that were set when batches were larger.</summary>
    public static byte[] Fit(byte[] buffer, BatchPlan plan) =>
        plan.NewestOnly || plan.MaxBytes <= buffer.Length ? buffer : GC.AllocateUninitializedArray<byte>(plan.MaxBytes);

    /// <summary>Reads it.</summary>
    /// <param name="source">The plan's slot.</param>
    /// <param name="plan">What to read.</param>
    /// <param name="buffer">Takes the lines.</param>
    /// <param name="asks">Which events tell something of the sink, for a plan that wants the newest; null, or none there that does: any.</param>
    public static EventRead Read(IEventSource source, BatchPlan plan, byte[] buffer, Func<ReadOnlyMemory<byte>, bool>? asks = null) =>
        plan.NewestOnly ? ReadNewest(source, plan.From, buffer, asks) : ReadBatch(source, plan, buffer);

    // A source may stop at the end of a file; a batch goes on behind it, so that its bounds do not depend on where its events lie.
    private static EventRead ReadBatch(IEventSource source, BatchPlan plan, byte[] buffer)
    {
        var limit = (int)Math.Min(buffer.Length, Math.Max((long)plan.MaxBytes, MaxEventBytes));
        var read = source.Read(plan.From, plan.MaxEvents, buffer.AsSpan(0, limit));
        while (read.Bytes > 0 && read.Bytes < Math.Min(plan.MaxBytes, limit) && read.Count < plan.MaxEvents && read.End != source.Tail)
        {
            var more = source.Read(read.End, plan.MaxEvents - read.Count, buffer.AsSpan(read.Bytes, limit - read.Bytes));
            if (more.Bytes == 0 || more.Start.Ordinal != read.End.Ordinal || more.Start.Stream != read.End.Stream)
            {
                break;
            }

            read = read with { End = more.End, Bytes = read.Bytes + more.Bytes };
        }

        return read.Bytes <= plan.MaxBytes ? read : Trim(source, read, plan, buffer.AsSpan(0, limit));
    }

    // Only the source knows the cursor between two events, so a batch that came out too large is read again with fewer events.
    private static EventRead Trim(IEventSource source, EventRead read, BatchPlan plan, Span<byte> buffer)
    {
        var count = BatchPolicy.CountWithin(buffer[..read.Bytes], plan.MaxBytes);
        if (count == read.Count)
        {
            return read;
        }

        var trimmed = source.Read(read.Start, count, buffer);
        return trimmed.Start == read.Start ? trimmed with { GoneReason = read.GoneReason } : trimmed;
    }

    private static EventRead ReadNewest(IEventSource source, Cursor from, byte[] buffer, Func<ReadOnlyMemory<byte>, bool>? asks)
    {
        var newest = default(EventRead);
        var telling = (Start: default(Cursor), Index: -1);
        var tail = source.Tail;
        for (var read = source.Read(from, int.MaxValue, buffer); read.Bytes > 0; read = source.Read(read.End, int.MaxValue, buffer))
        {
            newest = read;
            if (asks is not null && LastThat(asks, read, buffer) is >= 0 and var index)
            {
                telling = (read.Start, index);
            }

            if (read.End.Ordinal >= tail.Ordinal)
            {
                break;
            }
        }

        return telling.Index >= 0 ? ReadOne(source, telling.Start, telling.Index, buffer)
            : newest.Count <= 1 ? newest
            : ReadOne(source, newest.Start, newest.Count - 1, buffer);
    }

    private static EventRead ReadOne(IEventSource source, Cursor from, int index, byte[] buffer) =>
        source.Read(index == 0 ? from : source.Read(from, index, buffer).End, 1, buffer);

    private static int LastThat(Func<ReadOnlyMemory<byte>, bool> asks, EventRead read, byte[] buffer)
    {
        var (last, index) = (-1, 0);
        foreach (var line in new SinkBatch(0, read.Start, read.End, buffer.AsMemory(0, read.Bytes)).Events())
        {
            last = asks(line) ? index : last;
            index++;
        }

        return last;
    }
}
