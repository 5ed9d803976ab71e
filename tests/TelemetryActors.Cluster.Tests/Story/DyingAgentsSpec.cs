using TelemetryActors.Engine;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>Agents that crash one after another, for longer than any decision about collectors takes.</summary>
public sealed class DyingAgentsSpec
{
    private const int Doomed = 5;

    // Decisions come sooner than as shipped; what is between two deaths is shorter still, so that some agent is always out of sight.
    private const string QuickDecisions = LoopbackCluster.Patience + "\nakka.cluster.split-brain-resolver.stable-after = 5s";
    private static readonly TimeSpan BetweenDeaths = TimeSpan.FromSeconds(2.5);

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task Agents_that_die_one_after_another_end_nobody_and_a_collector_that_dies_meanwhile_is_removed()
    {
        using var cluster = new LoopbackCluster(nodes: 3);
        var settings = Path.Combine(cluster.Directory, "quick.conf");
        File.WriteAllText(settings, QuickDecisions);
        var nodes = Enumerable.Range(1, 3).Select(number => cluster.Node(number, null, $"--Cluster:EngineSettings={settings}")).ToList();
        nodes.ForEach(node => node.Start());
        var agents = Enumerable.Range(0, Doomed + 1).Select(number => cluster.Agent($"agent{number}", runs: 1, rate: 1)).ToList();
        foreach (var node in nodes)
        {
            await LoopbackCluster.UntilSeesAsync(node, 3);
        }

        await Patiently.UntilAsync(() => nodes[0].Agents == Doomed + 1, () => nodes[0].Tail);

        using var rhythm = new PeriodicTimer(BetweenDeaths);
        foreach (var agent in agents.Take(Doomed))
        {
            agent.Kill();
            if (agent == agents[1])
            {
                nodes[2].Kill();
            }

            await rhythm.WaitForNextTickAsync();
        }

        var survivor = agents[Doomed];
        foreach (var node in nodes.Take(2))
        {
            await Patiently.UntilAsync(() => node is { CollectorsInSight: 2, Collectors: 2, Agents: 1 }, () => node.Tail);
        }

        var before = Taken(cluster);
        await Patiently.UntilAsync(() => Taken(cluster) > before, () => survivor.Tail);
        Assert.All(nodes.Take(2), node => Assert.Equal(0, node.Leave()));
    }

    private static long Taken(LoopbackCluster cluster) => new SinkStateFile(DiskFileSystem.Instance, cluster.AgentDirectory($"agent{Doomed}"), "cluster")
        .Load(TimeProvider.System.GetUtcNow(), out _).Accounts.Sum(account => account.Delivered);
}
