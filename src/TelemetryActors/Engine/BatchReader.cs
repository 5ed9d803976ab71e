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

    public static EventRead Read(IEventSource source, BatchPlan plan, byte[] buffer) =>
        plan.NewestOnly ? ReadNewest(source, plan.From, buffer) : ReadBatch(source, plan, buffer);

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

    private static EventRead ReadNewest(IEventSource source, Cursor from, byte[] buffer)
    {
        var newest = default(EventRead);
        var tail = source.Tail;
        for (var read = source.Read(from, int.MaxValue, buffer); read.Bytes > 0; read = source.Read(read.End, int.MaxValue, buffer))
        {
            newest = read;
            if (read.End.Ordinal >= tail.Ordinal)
            {
                break;
            }
        }

        if (newest.Count <= 1)
        {
            return newest;
        }

        var before = source.Read(newest.Start, newest.Count - 1, buffer);
        return source.Read(before.End, 1, buffer);
    }
}
