using TelemetryActors.Delivery;

namespace TelemetryActors.Engine;

/// <summary>Someone waits until a sink has settled everything up to some tails. Its sink's supervisor holds a lock.</summary>
internal sealed class FlushRequest(IEnumerable<SlotTail> tails)
{
    private readonly List<SlotTail> _left = [.. tails.Where(tail => tail.Tail.Ordinal > 0)];
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isLookedAt;

    /// <summary>Whether it waits for no more than the destination asks for: what the end of an earlier program cut off is due.</summary>
    public bool TakesUpCutOff { get; init; }

    /// <summary>True when everything was settled; false when that is not to be waited for.</summary>
    public Task<bool> Ended => _ended.Task;

    /// <summary>Ends it when all is settled. What was settled once stays so, whatever becomes of its slot.</summary>
    public bool TryEnd(IReadOnlyList<SinkAccount> accounts)
    {
        _left.RemoveAll(behind => accounts.Any(account =>
            account.Slot == behind.Slot && account.Cursor.Stream == behind.Tail.Stream && account.Cursor.Ordinal >= behind.Tail.Ordinal));
        return _left.Count == 0 && End(reached: true);
    }

    /// <summary>Ends it when a slot has another stream by now: nobody gets to the end of the old one any more.</summary>
    /// <param name="tails">What the slots hold, looked at since the last call.</param>
    public bool TryEndReplaced(ReadOnlySpan<SlotTail> tails)
    {
        // The first look may be older than what is waited for.
        var isNew = !_isLookedAt;
        _isLookedAt = true;
        return !isNew && IsReplaced(tails) && End(reached: false);
    }

    /// <summary>Ends it when it waits for a slot whose events may not be sent now.</summary>
    public bool TryEndHeld(int slot) => _left.Any(behind => behind.Slot == slot) && End(reached: false);

    /// <returns>True: it has ended.</returns>
    public bool End(bool reached)
    {
        _ended.TrySetResult(reached);
        return true;
    }

    private bool IsReplaced(ReadOnlySpan<SlotTail> tails)
    {
        foreach (var (slot, tail) in tails)
        {
            if (_left.Any(behind => behind.Slot == slot && behind.Tail.Stream != tail.Stream))
            {
                return true;
            }
        }

        return false;
    }
}
