using TelemetryActors.AkkaNet.Collectors;
using TelemetryActors.Browsing;
using TelemetryActors.Cluster.Tests.Story;
using TelemetryActors.ClusterNode.Trial;
using TelemetryActors.Engine;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Disk;

/// <summary>A collector whose disk takes nothing, among others whose disks do.</summary>
public sealed class FullDiskSpec
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);

    [StoryFact]
    [Trait("Feature", "SK.8")]
    public async Task A_node_whose_disk_is_full_gives_its_runs_to_the_others_and_comes_back_when_it_is_freed()
    {
        using var cluster = new LoopbackCluster(nodes: 2);
        using var disk = new SmallDisk(Path.Combine(cluster.Directory, "full"), megabytes: 16);
        var (healthy, full) = (cluster.Node(1), cluster.Node(2, Path.Combine(cluster.Directory, "full")));
        healthy.Start();
        await LoopbackCluster.UntilSeesAsync(healthy, 1);
        full.Start();
        await LoopbackCluster.UntilSeesAsync(full, 2);
        var agent = cluster.Agent("agent", runs: 20, rate: 2);
        await Patiently.UntilAsync(() => Taken(cluster) > 100, () => agent.Tail);

        disk.Fill();
        Assert.Equal(1, full.ExitCode(Soon));
        await LoopbackCluster.UntilSeesAsync(healthy, 1);
        var before = Taken(cluster);
        await Patiently.UntilAsync(() => Taken(cluster) > before + 300, () => agent.Tail);

        full.Start();
        Assert.Equal(1, full.ExitCode(Soon));
        disk.Free();
        full.Start();
        await LoopbackCluster.UntilSeesAsync(full, 2);
        agent.Terminate();
        Assert.True(agent.ExitCode(Soon) == 0, agent.Tail);

        Assert.Contains("The event log is of no use", full.Output);
        Assert.Contains("No space left on device", full.Output);
        var agents = new AgentLedger();
        agents.Add(cluster.AgentDirectory("agent"));
        var (collected, ended) = CollectedLines.Of([healthy.BaseDirectory, full.BaseDirectory]);
        Assert.Equal((0, 0), agents.Acknowledged.Against(collected));
        Assert.Empty(agents.Runs.Except(ended));
        Assert.All([healthy, full], node => Assert.Empty(LogAudit.Check(SlotLog.All(DiskFileSystem.Instance, node.BaseDirectory)).SelectMany(slot => slot.Faults)));
        await using var census = new RunCensus(cluster.Seeds.Split(','), "127.0.0.1");
        Assert.DoesNotContain("Abandoned", (await EndedRuns.AskAsync(census, agents.Runs)).Keys);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_node_whose_base_directory_cannot_be_written_ends_with_1_and_says_so()
    {
        using var node = new NodeProgram(["--Cluster:HostName=127.0.0.1", "--Cluster:BindHost=127.0.0.1", "--TelemetryActors:BaseDirectory=/proc/nope"]);

        Assert.Equal(1, node.ExitCode(Soon));
        Assert.Contains("the base directory /proc/nope cannot be written", node.Output);
        Assert.DoesNotContain("Remoting", node.Output);
    }

    [Fact]
    public void The_question_whether_it_can_be_written_leaves_nothing_behind()
    {
        var directory = Directory.CreateTempSubdirectory("ta-probe-").FullName;

        var fault = BaseDirectoryProbe.WhyNot(DiskFileSystem.Instance, directory);

        Assert.Null(fault);
        Assert.Empty(Directory.GetFiles(directory, "*", SearchOption.AllDirectories));
        Directory.Delete(directory, recursive: true);
    }

    private static long Taken(LoopbackCluster cluster) => new SinkStateFile(DiskFileSystem.Instance, cluster.AgentDirectory("agent"), "cluster")
        .Load(TimeProvider.System.GetUtcNow(), out _).Accounts.Sum(account => account.Delivered);
}
