namespace TelemetryActors.Browsing;

/// <summary>Finds out from the order of a slot's ids whether lines of other processes stand among its own: a collector's log has what agents sent, under the agents' ids.</summary>
/// <remarks>
/// A slot's own process writes its ids in order, and is the only one that does until the next takes the slot. So an instance whose numbers go back, or that comes again
/// behind another, was received. Such an instance may have holes: its other lines went to other collectors.
/// </remarks>
internal sealed class SecondDoor
{
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);
    private string? _current;

    /// <summary>Whether lines of other processes were received.</summary>
    public bool IsInUse { get; private set; }

    /// <summary>The next line's id.</summary>
    /// <param name="instance">Whose it is.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="isBehindAnchor">Whether it is the first behind an anchor: what an fsync had failed for was perhaps written again from here on.</param>
    public void Take(string instance, long sequence, bool isBehindAnchor)
    {
        var isKnown = _last.TryGetValue(instance, out var last);
        IsInUse |= isKnown && !isBehindAnchor && (sequence < last || instance != _current);
        _last[instance] = sequence;
        _current = instance;
    }
}
