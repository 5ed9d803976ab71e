using TelemetryActors.Delivery;

namespace TelemetryActors.Engine;

/// <summary>Someone waits until a sink has settled everything up to some tails.</summary>
internal sealed class FlushRequest(ReadOnlySpan<SlotTail> tails)
{
    private readonly SlotTail[] _tails = tails.ToArray();
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<bool> Ended => _ended.Task;

    public bool TryEnd(IReadOnlyList<SinkAccount> accounts)
    {
        foreach (var (slot, tail) in _tails)
        {
            if (!accounts.Any(account => account.Slot == slot && account.Cursor.Stream == tail.Stream && account.Cursor.Ordinal >= tail.Ordinal) && tail.Ordinal > 0)
            {
                return false;
            }
        }

        End(reached: true);
        return true;
    }

    public void End(bool reached) => _ended.TrySetResult(reached);
}
