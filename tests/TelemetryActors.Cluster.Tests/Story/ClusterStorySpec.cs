using TelemetryActors.ClusterNode.Trial;
using TelemetryActors.Engine;
using TelemetryActors.Runs;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>Three collectors and agents with 200 runs at once, while nodes die, leave, come and are cut off.</summary>
public sealed class ClusterStorySpec
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("TELEMETRY_LONG") == "1";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(12);

    [StoryFact(needsNetworks: true)]
    [Trait("Feature", "SK.8")]
    [Trait("Feature", "S1.17")]
    public async Task Everything_acknowledged_is_in_the_logs_once_and_every_run_ends_whatever_happens_to_nodes()
    {
        using var cluster = new ClusterUnderTest(Lease);
        foreach (var node in new[] { 1, 2, 3 })
        {
            cluster[node].Start();
        }

        await cluster.UntilTogetherAsync(1, 2, 3);
        var rate = IsLong ? 50 : 2;
        var agents = Enumerable.Range(1, 4).Select(number => cluster.StartAgent($"agent{number}", 45, rate)).ToList();
        var doomed = cluster.StartAgent("doomed", 20, rate);
        await Patiently.UntilAsync(() => Taken(cluster, "doomed") > 100, () => doomed.Tail);
        var open = OpenUntil(cluster[2]);

        // One dies with what it had under way, and an agent with all its runs.
        cluster[2].Kill();
        doomed.Kill();
        await cluster.UntilTogetherAsync(1, 3);

        // A fourth comes, one leaves in order, the dead one comes back.
        cluster[4].Start();
        await cluster.UntilTogetherAsync(1, 3, 4);
        Assert.Equal(0, cluster[3].Leave());
        cluster[2].Start();
        await cluster.UntilTogetherAsync(1, 2, 4);
        Assert.Equal(open, OpenUntil(cluster[2]));

        // One is cut off: the others go on without it, it ends by itself, and comes back when it can.
        cluster.Network.Cut(4);
        await cluster.UntilTogetherAsync(1, 2);
        Assert.Equal(1, cluster[4].ExitCode(TimeSpan.FromMinutes(2)));
        cluster.Network.Heal(4);
        cluster[4].Start();
        await cluster.UntilTogetherAsync(1, 2, 4);

        agents.ForEach(agent => agent.Terminate());
        Assert.All(agents, agent => Assert.True(agent.ExitCode(TimeSpan.FromMinutes(3)) == 0, agent.Tail));
        await AssertNothingIsLostAsync(cluster);
        Assert.All(new[] { 1, 2, 4 }, node => Assert.Equal(0, cluster[node].Leave()));
        Assert.All(cluster.Nodes, node => Assert.False(PostgresServer.HoldsPassword(node.Output)));
    }

    private static async Task AssertNothingIsLostAsync(ClusterUnderTest cluster)
    {
        var agents = new AgentLedger();
        foreach (var directory in cluster.AgentDirectories)
        {
            agents.Add(directory);
        }

        Assert.True(agents.Runs.Count >= 200, $"{agents.Runs.Count} runs");
        await using var census = new RunCensus(cluster.Seeds.Split(','), cluster.HostAddress);
        var statuses = await EndedAsync(census, agents.Runs);
        Assert.True(statuses.GetValueOrDefault(nameof(RunStatus.Abandoned)) > 0, Text(statuses));

        var collected = CollectedLines.Of(cluster.Nodes.Select(node => node.BaseDirectory));
        Assert.Equal((0, 0), agents.Acknowledged.Against(collected.Lines));
        Assert.Equal(0, collected.Lines.Changed);
        Assert.Empty(agents.Runs.Except(collected.EndedRuns));
    }

    // The doomed agent's runs are closed by their leases.
    private static async Task<IReadOnlyDictionary<string, int>> EndedAsync(RunCensus census, IReadOnlyCollection<string> runs)
    {
        IReadOnlyDictionary<string, int> statuses = new Dictionary<string, int>();
        for (var look = 0; look < 20; look++)
        {
            statuses = await census.AskAsync(runs);
            if (!statuses.ContainsKey(nameof(RunStatus.Running)) && !statuses.ContainsKey(RunCensus.Unknown))
            {
                return statuses;
            }
        }

        Assert.Fail($"Runs that do not end: {Text(statuses)}");
        return statuses;
    }

    private static string Text(IReadOnlyDictionary<string, int> statuses) => string.Join(", ", statuses.Select(status => $"{status.Key} {status.Value}"));

    private static long Taken(ClusterUnderTest cluster, string agent) =>
        StateOf(cluster.AgentDirectories.First(directory => directory.EndsWith(agent, StringComparison.Ordinal)), "cluster").Accounts.Sum(account => account.Delivered);

    private static DateTimeOffset OpenUntil(ClusterNodeUnderTest node)
    {
        var circuit = StateOf(node.BaseDirectory, "http").Circuit;
        Assert.Equal(CircuitState.Open, circuit.State);
        return circuit.OpenUntil!.Value;
    }

    private static Delivery.SinkState StateOf(string baseDirectory, string sink) =>
        new SinkStateFile(DiskFileSystem.Instance, baseDirectory, sink).Load(TimeProvider.System.GetUtcNow(), out _);
}
