using TelemetryActors.AkkaNet.Agents;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>Decides whose lost members are a collector's to remove, and whether its part of the cluster may.</summary>
internal static class LostAgentsRule
{
    private static readonly TimeSpan AgentTime = TimeSpan.FromSeconds(3);

    /// <summary>How long a member is out of sight before it is removed; null when that is not for a collector to do.</summary>
    /// <param name="roles">The member's.</param>
    /// <param name="isOwnDowning">Whether the resolver is <see cref="CollectorDowning"/>, which does not hear of the member. Another one decides about whom it hears of.</param>
    /// <param name="memberTime">How long who is no agent has.</param>
    public static TimeSpan? TimeOf(IReadOnlyCollection<string> roles, bool isOwnDowning, TimeSpan memberTime)
    {
        if (roles.Contains(CollectorsInSight.CollectorRole))
        {
            return null;
        }

        return roles.Contains(AgentSystem.Role) ? AgentTime : isOwnDowning ? memberTime : null;
    }

    /// <summary>Whether a part of the cluster goes on, as <c>keep-majority</c> has it: with most collectors, or with half of them and the one with the lowest address.</summary>
    /// <param name="areInSight">Of each collector whether it is in this part, by address.</param>
    public static bool GoesOn(IReadOnlyList<bool> areInSight)
    {
        var seen = areInSight.Count(isInSight => isInSight);
        return seen * 2 > areInSight.Count || (seen > 0 && seen * 2 == areInSight.Count && areInSight[0]);
    }
}
