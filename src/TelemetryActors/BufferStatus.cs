namespace TelemetryActors;

/// <summary>How full the ring is (S2.17).</summary>
/// <param name="Size">Bytes in the ring that the event log does not have yet; never more than <paramref name="MaxSize"/>, also where events are overwritten.</param>
/// <param name="MaxSize">Bytes the ring holds.</param>
public readonly record struct BufferStatus(long Size, long MaxSize);
