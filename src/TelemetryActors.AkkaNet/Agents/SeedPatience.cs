namespace TelemetryActors.AkkaNet.Agents;

/// <summary>Decides when an agent that sees no collector asks the seeds anew, with a new system: where it is, none may ever come back to.</summary>
/// <remarks>Collectors that all left in order, and came back, are another cluster: nobody was lost from sight, and so nobody removes the agent from the old one.</remarks>
/// <param name="time">The clock; what an administrator does to the time of day is no waiting.</param>
internal sealed class SeedPatience(TimeProvider time)
{
    // Longer than the cluster takes to decide who of it goes on: that one may remove the agent itself, or bring its collectors back.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private long? _outOfSight;

    /// <summary>A collector is up and in sight.</summary>
    public void SeesOne() => _outOfSight = null;

    /// <summary>None is.</summary>
    /// <param name="isMember">Whether the agent is in a cluster at all; while it is not, the seeds are being asked.</param>
    /// <param name="areKnown">Whether that cluster has collectors, in whatever state.</param>
    /// <returns>Whether the agent is to leave it and begin anew.</returns>
    public bool IsOver(bool isMember, bool areKnown)
    {
        if (!isMember)
        {
            _outOfSight = null;
            return false;
        }

        var since = _outOfSight ??= time.GetTimestamp();
        return !areKnown || time.GetElapsedTime(since) >= Longest;
    }
}
