namespace TelemetryActors.Delivery;

/// <summary>Decides when waiting events are a batch: enough of them, enough bytes, or old enough.</summary>
public static class BatchPolicy
{
    /// <summary>Whether a batch should go now.</summary>
    /// <param name="policy">The sink's limits.</param>
    /// <param name="events">Events that wait.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="since">When the oldest of them was first seen waiting.</param>
    /// <param name="now">The instant of the question.</param>
    public static bool IsReady(SinkPolicy policy, long events, long bytes, DateTimeOffset since, DateTimeOffset now) =>
        events > 0 && (events >= policy.FlushEvents || bytes >= policy.MaxBatchBytes || now >= since + policy.FlushInterval);

    /// <summary>How many events of a read go into one batch: as many as fit into the byte limit, and at least one.</summary>
    /// <param name="lines">Whole lines, each with its line feed.</param>
    /// <param name="maxBytes">The limit.</param>
    public static int CountWithin(ReadOnlySpan<byte> lines, int maxBytes)
    {
        var count = 0;
        var used = 0;
        while (used < lines.Length)
        {
            var length = lines[used..].IndexOf((byte)'\n') + 1;
            used = length == 0 ? lines.Length : used + length;
            if (used > maxBytes && count > 0)
            {
                break;
            }

            count++;
        }

        return count;
    }
}
