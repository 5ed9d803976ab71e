using System.Globalization;
using TelemetryActors.Runs;

namespace TelemetryActors.ClusterNode.Trial;

/// <summary><c>telemetry-node verify</c>: proves from the files of agents and collectors that everything acknowledged is there, and asks the cluster how the runs ended.</summary>
/// <remarks>Exit code 0 says more than that: all that the agents' runs recorded was acknowledged. 1 where something is still to be taken, too.</remarks>
internal static class VerifyCommand
{
    public const string Usage = "verify --agents DIR,... --nodes DIR,... [--seeds HOST:PORT,...] [--host HOST]";

    public static async Task<int> RunAsync(string[] args)
    {
        var given = new TrialArguments(args, "agents", "nodes", "seeds", "host");
        await using var census = given.List("seeds") is { Count: > 0 } seeds ? new RunCensus(seeds, given.Text("host")) : null;
        var nodes = given.BaseDirectories("nodes");
        var agents = new AgentLedger();
        foreach (var directory in given.BaseDirectories("agents"))
        {
            agents.Add(directory);
        }

        var (collected, ended) = CollectedLines.Of(nodes);
        var (missing, changed) = agents.Acknowledged.Against(collected);
        Tell($"agents: {agents.Recorded} events recorded, {agents.Acknowledged.Distinct} acknowledged, in {agents.Runs.Count} runs");
        Tell($"collectors: {collected.Distinct} different events, {collected.Repeated} of them a second time, {collected.Changed} under one id with other content");
        Tell($"of the acknowledged: {missing} missing, {changed} changed");
        if (agents.Outstanding > 0)
        {
            Tell($"NOT ALL WAS TAKEN: {agents.Outstanding} events of runs are not acknowledged, {agents.SetAside} of them set aside until their runs are taken; their agents still have them");
        }

        var open = agents.Runs.Count(run => !ended.Contains(run));
        Tell($"runs without an end in the logs: {open}");
        var running = census is null ? 0 : await AskAsync(census, given, agents.Runs);
        return missing + changed + collected.Changed + open + running + agents.Outstanding == 0 && agents.Acknowledged.Distinct > 0 ? 0 : 1;
    }

    private static async Task<int> AskAsync(RunCensus census, TrialArguments given, IReadOnlyCollection<string> runs)
    {
        if (await census.AskAsync(runs) is not { } statuses)
        {
            Tell($"how the runs stand is not known: no collector could be asked at {string.Join(", ", given.List("seeds"))}");
            return 1;
        }

        foreach (var (status, count) in statuses.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Tell($"runs {status}: {count}");
        }

        return statuses.Where(entry => entry.Key is nameof(RunStatus.Running) or RunCensus.Unknown).Sum(entry => entry.Value);
    }

    private static void Tell(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
