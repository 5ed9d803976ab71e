using TelemetryActors.Delivery;

namespace TelemetryActors.Engine;

/// <summary>Those who wait until a sink has settled what was there when they asked. Its owner holds a lock.</summary>
internal sealed class FlushList
{
    private readonly List<FlushRequest> _waiting = [];

    public bool IsEmpty => _waiting.Count == 0;

    public Task<bool> Add(ReadOnlySpan<SlotTail> tails)
    {
        var flush = new FlushRequest(tails);
        _waiting.Add(flush);
        return flush.Ended;
    }

    /// <summary>Ends those whose events are all settled.</summary>
    public void EndReached(IReadOnlyList<SinkAccount> accounts) => _waiting.RemoveAll(flush => flush.TryEnd(accounts));

    /// <summary>Ends all, whose events are not settled: the sink is open, paused, elsewhere or ending.</summary>
    public void EndAll()
    {
        foreach (var flush in _waiting)
        {
            flush.End(reached: false);
        }

        _waiting.Clear();
    }
}
