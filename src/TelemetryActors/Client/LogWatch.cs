using TelemetryActors.Engine;
using TelemetryActors.Slots;
using TelemetryActors.Supervision;

namespace TelemetryActors.Client;

/// <summary>Lets the ring hold its callers only while the event log is written: by its circuit as it is now, and by its progress, because a disk that hangs opens no circuit.</summary>
/// <remarks>Thread-safe: the heartbeat looks each second, transitions make it look at once, in whatever order they come in.</remarks>
internal sealed class LogWatch(OwnSlot own, Func<SinkSupervisor?> log, TimeProvider time)
{
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private long _seenHead;
    private long _headMovedAt;

    /// <param name="cause">Why the log failed, where no circuit can be asked yet; null otherwise.</param>
    public void Look(string? cause)
    {
        var circuit = log()?.Status.Circuit;
        lock (_gate)
        {
            var slot = own.Now;
            var isOpen = circuit is null ? cause is not null : circuit.State != CircuitState.Closed;
            var reason = isOpen ? $"The event log cannot be written: {circuit?.Cause ?? cause}"
                : IsStuck(slot) ? $"The event log has not moved for {time.GetElapsedTime(_headMovedAt).TotalSeconds:0} s"
                : null;
            slot.Ring.Overwrites = reason is not null;
            slot.Flushes.SetUnavailable(reason);
        }
    }

    private bool IsStuck(WriterSlot slot)
    {
        var head = slot.Ring.Head;
        if (head != _seenHead || head >= slot.Ring.Tail.Position || _headMovedAt == 0)
        {
            (_seenHead, _headMovedAt) = (head, time.GetTimestamp());
        }

        return time.GetElapsedTime(_headMovedAt) >= LongestStandstill;
    }
}
