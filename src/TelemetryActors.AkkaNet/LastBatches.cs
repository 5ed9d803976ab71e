namespace TelemetryActors.AkkaNet;

/// <summary>How many batches go to a sink before it ends: the event log gets what there is, within a bound, the others one.</summary>
internal sealed class LastBatches
{
    // Each takes what is there when it begins, up to an eighth of a ring: who records without a pause while the sink ends does not keep it from ending.
    private const int OfWholeRing = 64;

    private int? _left;

    /// <summary>Whether the sink is to end.</summary>
    public bool AreAsked => _left is not null;

    /// <summary>Whether a batch may begin.</summary>
    public bool MayBegin => _left != 0;

    /// <summary>Whether what is there goes without waiting for a batch to fill.</summary>
    public bool AreInHurry => _left > 0;

    /// <summary>The sink is to end.</summary>
    /// <param name="all">Whether it gets all there is now first.</param>
    public void Ask(bool all) => _left = all ? OfWholeRing : 1;

    /// <summary>A batch has begun.</summary>
    public void Count()
    {
        if (_left > 0)
        {
            _left--;
        }
    }
}
