namespace TelemetryActors.Slots;

/// <summary>The writer slot that this process has now; another one after its own was lost.</summary>
/// <remarks>Thread-safe. Whoever does several things with the slot takes it once.</remarks>
internal sealed class OwnSlot(WriterSlot first)
{
    private readonly Lock _gate = new();
    private volatile WriterSlot _now = first;
    private bool _isClosed;

    public WriterSlot Now => _now;

    /// <summary>Refuses all further events, in this slot and in any that takes its place.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _now.Ring.Close();
        }
    }

    /// <summary>Takes events again where a move has closed the ring and could not be ended; not after <see cref="Close"/>.</summary>
    public void Reopen()
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _now.Ring.Open();
            }
        }
    }

    public void MoveTo(WriterSlot next)
    {
        lock (_gate)
        {
            _now = next;
            if (_isClosed)
            {
                next.Ring.Close();
            }
        }
    }
}
