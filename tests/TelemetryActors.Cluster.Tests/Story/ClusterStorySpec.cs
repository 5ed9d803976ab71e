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

    // A node that is cut off is given up, gives itself up, and ends within 75 s; an agent waits for its last lines.
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);

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
        await Patiently.UntilAsync(() => CircuitOf(cluster[2]).State == CircuitState.Open, () => cluster[2].Tail);
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
        Assert.Equal(1, cluster[4].ExitCode(Soon));
        cluster.Network.Heal(4);
        cluster[4].Start();
        await cluster.UntilTogetherAsync(1, 2, 4);

        agents.ForEach(agent => agent.Terminate());
        Assert.All(agents, agent => Assert.True(agent.ExitCode(Soon) == 0, agent.Tail));
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

        // The doomed agent's runs are closed by their leases.
        var statuses = await EndedRuns.AskAsync(census, agents.Runs);
        Assert.True(statuses.GetValueOrDefault(nameof(RunStatus.Abandoned)) > 0, EndedRuns.Text(statuses));

        var collected = CollectedLines.Of(cluster.Nodes.Select(node => node.BaseDirectory));
        Assert.Equal((0, 0), agents.Acknowledged.Against(collected.Lines));
        Assert.Equal(0, collected.Lines.Changed);
        Assert.Empty(agents.Runs.Except(collected.EndedRuns));
    }

    private static long Taken(ClusterUnderTest cluster, string agent) =>
        StateOf(cluster.AgentDirectories.First(directory => directory.EndsWith(agent, StringComparison.Ordinal)), "cluster").Accounts.Sum(account => account.Delivered);

    private static DateTimeOffset OpenUntil(ClusterNodeUnderTest node)
    {
        var circuit = CircuitOf(node);
        Assert.Equal(CircuitState.Open, circuit.State);
        return circuit.OpenUntil!.Value;
    }

    private static CircuitRecord CircuitOf(ClusterNodeUnderTest node) => StateOf(node.BaseDirectory, "http").Circuit;

    private static Delivery.SinkState StateOf(string baseDirectory, string sink) =>
        new SinkStateFile(DiskFileSystem.Instance, baseDirectory, sink).Load(TimeProvider.System.GetUtcNow(), out _);
}
