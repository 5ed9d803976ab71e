namespace TelemetryActors.ClusterNode.Journal;

/// <summary>Decides whether a member leaves, because nodes that are alive in the journal are in another cluster than its own: the smaller one ends, of two equal ones that without the lowest address.</summary>
/// <remarks>Both sides see the same journal and decide alike; a member counts its own side as the cluster has it, so that the larger one never leaves for a row that is late.</remarks>
internal sealed class TwoClusters
{
    // A node that asks to be let in says once that it is alive, for fifteen seconds, and is no member for as long.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(25);

    private readonly Dictionary<string, TimeSpan> _strangers = new(StringComparer.Ordinal);

    /// <summary>Takes what is seen now.</summary>
    /// <param name="alive">Who is alive in the journal.</param>
    /// <param name="members">The collectors of the node's own cluster, however they are.</param>
    /// <param name="up">Those of them that are up and in sight, the node itself among them.</param>
    /// <param name="now">Since any beginning.</param>
    /// <returns>The nodes of the other cluster, for which this one's is left; empty when it is not.</returns>
    public IReadOnlyList<string> Look(IReadOnlyCollection<string> alive, IReadOnlyCollection<string> members, IReadOnlyCollection<string> up, TimeSpan now)
    {
        var strangers = alive.Except(members).ToList();
        foreach (var gone in _strangers.Keys.Except(strangers).ToList())
        {
            _strangers.Remove(gone);
        }

        strangers.ForEach(stranger => _strangers.TryAdd(stranger, now));
        var others = _strangers.Where(stranger => now - stranger.Value >= Settled).Select(stranger => stranger.Key).Order(StringComparer.Ordinal).ToList();
        return others.Count > up.Count || (others.Count > 0 && others.Count == up.Count && string.CompareOrdinal(others[0], up.Min(StringComparer.Ordinal)) < 0) ? others : [];
    }
}
