namespace TelemetryActors.AkkaNet.Agents;

/// <summary>Decides when an agent that sees no collector asks the seeds anew, with a new system: where it is, none may ever come back to.</summary>
/// <remarks>Collectors that all left in order, and came back, are another cluster: nobody was lost from sight, and so nobody removes the agent from the old one.</remarks>
internal sealed class SeedPatience
{
    // Longer than the cluster takes to decide who of it goes on: that one may remove the agent itself, or bring its collectors back.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private DateTimeOffset? _outOfSight;

    /// <summary>A collector is up and in sight.</summary>
    public void SeesOne() => _outOfSight = null;

    /// <summary>None is.</summary>
    /// <param name="isMember">Whether the agent is in a cluster at all; while it is not, the seeds are being asked.</param>
    /// <param name="areKnown">Whether that cluster has collectors, in whatever state.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether the agent is to leave it and begin anew.</returns>
    public bool IsOver(bool isMember, bool areKnown, DateTimeOffset now)
    {
        if (!isMember)
        {
            _outOfSight = null;
            return false;
        }

        _outOfSight ??= now;
        return !areKnown || now - _outOfSight >= Longest;
    }
}
