using TelemetryActors.ClusterNode.Trial;
using TelemetryActors.Runs;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>How a cluster's runs stand when all of them have ended.</summary>
internal static class EndedRuns
{
    /// <summary>Asks until each has: who asks has to be let in first, and what is closed by its lease is closed when that is over.</summary>
    /// <returns>How many runs have which status.</returns>
    public static async Task<IReadOnlyDictionary<string, int>> AskAsync(RunCensus census, IReadOnlyCollection<string> runs)
    {
        IReadOnlyDictionary<string, int> statuses = new Dictionary<string, int>();
        await Patiently.UntilAsync(
            async () =>
            {
                statuses = await census.AskAsync(runs) ?? new Dictionary<string, int> { [RunCensus.Unknown] = runs.Count };
                return !statuses.ContainsKey(nameof(RunStatus.Running)) && !statuses.ContainsKey(RunCensus.Unknown);
            },
            () => Text(statuses));
        return statuses;
    }

    public static string Text(IReadOnlyDictionary<string, int> statuses) => string.Join(", ", statuses.Select(status => $"{status.Key} {status.Value}"));
}
