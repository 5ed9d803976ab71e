using TelemetryActors.Delivery;

namespace TelemetryActors.Engine;

/// <summary>Those who wait until a sink has settled what was there when they asked: its batches go without waiting to be full. Its owner holds a lock.</summary>
internal sealed class FlushList
{
    private readonly List<FlushRequest> _waiting = [];
    private bool _isClosed;

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Whether one waits for which what the end of an earlier program cut off is due.</summary>
    public bool TakesUpCutOff => _waiting.Exists(flush => flush.TakesUpCutOff);

    public FlushRequest Add(IEnumerable<SlotTail> tails, bool takesUpCutOff = false)
    {
        var flush = new FlushRequest(tails) { TakesUpCutOff = takesUpCutOff };
        _waiting.Add(flush);
        return flush;
    }

    /// <summary>Nobody waits for it any more.</summary>
    public void Remove(FlushRequest flush) => _waiting.Remove(flush);

    /// <summary>Ends those whose events are all settled, and where nothing more is sent the others too.</summary>
    public void EndReached(IReadOnlyList<SinkAccount> accounts)
    {
        _waiting.RemoveAll(flush => flush.TryEnd(accounts));
        if (_isClosed)
        {
            EndAll();
        }
    }

    /// <summary>Ends those that wait for the end of a stream that is no more.</summary>
    /// <param name="tails">What the slots hold, looked at since the last call.</param>
    public void EndReplaced(ReadOnlySpan<SlotTail> tails)
    {
        for (var index = _waiting.Count - 1; index >= 0; index--)
        {
            if (_waiting[index].TryEndReplaced(tails))
            {
                _waiting.RemoveAt(index);
            }
        }
    }

    /// <summary>Ends those that wait for a slot whose events may not be sent now.</summary>
    public void EndHeld(int slot) => _waiting.RemoveAll(flush => flush.TryEndHeld(slot));

    /// <summary>Ends all, whose events are not settled: the sink is open, paused, elsewhere or ending.</summary>
    public void EndAll()
    {
        foreach (var flush in _waiting)
        {
            flush.End(reached: false);
        }

        _waiting.Clear();
    }

    /// <summary>Nothing more is sent: ends all, and from now on each that begins when it is looked at first.</summary>
    public void Close()
    {
        _isClosed = true;
        EndAll();
    }
}
