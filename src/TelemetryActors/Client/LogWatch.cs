using TelemetryActors.Engine;
using TelemetryActors.Slots;
using TelemetryActors.Supervision;

namespace TelemetryActors.Client;

/// <summary>Lets the ring hold its callers only while the event log is written: by its circuit as it is now, and by its progress, because a disk that hangs opens no circuit.</summary>
/// <remarks>Thread-safe: a thread that no disk holds up looks each second; transitions make it look at once, in whatever order they come in.</remarks>
internal sealed class LogWatch(OwnSlot own, Func<SinkSupervisor?> log, TimeProvider time)
{
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private (WriterSlot? Slot, CircuitRecord Circuit) _told = (null, CircuitRecord.Closed);
    private (WriterSlot? Slot, CircuitState State) _kept = (null, CircuitState.Closed);
    private long _seenHead;
    private long _headMovedAt;
    private long _seenSynced;
    private long? _syncedMovedAt;
    private bool _isSyncStuck;
    private bool _hasEnded;
    private volatile string? _whyNot;

    /// <summary>Why nothing gets into the log for certain, as it was last looked at: it fails, or stands still. Null while it is written.</summary>
    public string? WhyNot => _whyNot;

    /// <param name="cause">Why the log failed, where no circuit can be asked yet; null otherwise.</param>
    public void Look(string? cause)
    {
        var circuit = log()?.Status.Circuit;
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            var slot = own.Now;
            var isOpen = circuit is null ? cause is not null : circuit.State != CircuitState.Closed;
            var reason = isOpen ? $"The event log cannot be written: {circuit?.Cause ?? cause}"
                : IsStuck(slot) ? $"The event log has not moved for {time.GetElapsedTime(_headMovedAt).TotalSeconds:0} s"
                : null;
            slot.Ring.Overwrites = reason is not null;

            // A device that takes writes and never ends an fsync holds no producer up, but whoever waits for it.
            _whyNot = reason ?? (IsSyncStuck(slot) ? $"No fsync of the event log has ended for {time.GetElapsedTime(_syncedMovedAt!.Value).TotalSeconds:0} s" : null);
            slot.Flushes.SetUnavailable(_whyNot);
            Tell(slot, circuit);
        }
    }

    /// <summary>Nothing is written any more: who waits, and who comes, is told.</summary>
    public void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            own.Now.Flushes.SetUnavailable("The client has ended.");
        }
    }

    /// <summary>Keeps how the circuit stands in the log's state, when the disk takes it: for those who cannot look beside the ring.</summary>
    /// <remarks>On a thread that may wait for the disk.</remarks>
    public void Keep()
    {
        WriterSlot? slot;
        CircuitState state;
        lock (_gate)
        {
            (slot, state) = (_told.Slot, _told.Circuit.State);
            if (slot is null || _kept == (slot, state) || (_kept.Slot is null && state == CircuitState.Closed))
            {
                return;
            }
        }

        if (slot.TrySaveState(isClean: false))
        {
            lock (_gate)
            {
                _kept = (slot, state);
            }
        }
    }

    private void Tell(WriterSlot slot, CircuitRecord? circuit)
    {
        if (circuit is not null && (_told.Slot != slot || _told.Circuit != circuit))
        {
            _told = (slot, circuit);
            slot.Log.Circuit = circuit;
            slot.Ring.Tell(circuit);
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

    // Looked at while someone waits; once it is so, until an fsync ends.
    private bool IsSyncStuck(WriterSlot slot)
    {
        var synced = slot.Log.Synced;
        if (synced != _seenSynced || !(_isSyncStuck || slot.Flushes.HasWaiters) || _syncedMovedAt is null)
        {
            (_seenSynced, _syncedMovedAt) = (synced, time.GetTimestamp());
        }

        return _isSyncStuck = time.GetElapsedTime(_syncedMovedAt.Value) >= LongestStandstill;
    }
}
