using System.Globalization;
using TelemetryActors.Configuration;
using TelemetryActors.Storage;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>Collector nodes in networks of their own, agents beside them, and the database they share.</summary>
internal sealed class ClusterUnderTest : IDisposable
{
    private const int Port = 4053;

    // Decisions come quickly, so that the story is short, and nobody is given up because a starved machine is slow; everything else is as shipped.
    private const string QuickDecisions = LoopbackCluster.Patience + "\n" + """
        akka.cluster.split-brain-resolver.stable-after = 4s
        akka.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout = 5s
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("ta-cluster-").FullName;
    private readonly NodeNetwork _network = new();
    private readonly PostgresServer _database;
    private readonly RefusingServer _refusing;
    private readonly Dictionary<int, ClusterNodeUnderTest> _nodes = [];
    private readonly List<NodeProgram> _agents = [];

    public ClusterUnderTest(TimeSpan lease)
    {
        _database = new PostgresServer(_network.HostAddress);
        _refusing = new RefusingServer(_network.HostAddress);
        File.WriteAllText(EngineSettings, QuickDecisions);
        for (var node = 1; node <= 4; node++)
        {
            _network.Add(node);
            _nodes[node] = Define(node, lease);
        }
    }

    public NodeNetwork Network => _network;

    public string HostAddress => _network.HostAddress;

    public IEnumerable<ClusterNodeUnderTest> Nodes => _nodes.Values;

    public IReadOnlyList<string> AgentDirectories { get; private set; } = [];

    public string Seeds => string.Join(',', Enumerable.Range(1, 3).Select(node => string.Create(CultureInfo.InvariantCulture, $"{_network.Address(node)}:{Port}")));

    private string EngineSettings => Path.Combine(_directory, "quick.conf");

    public ClusterNodeUnderTest this[int node] => _nodes[node];

    /// <summary>Waits until these nodes, and no others, see each other.</summary>
    public async Task UntilTogetherAsync(params int[] nodes)
    {
        foreach (var node in nodes)
        {
            await Patiently.UntilAsync(
                () => _nodes[node].CollectorsInSight == nodes.Length && _nodes[node].Collectors == nodes.Length, () => $"{Describe()}\nnode {node}:\n{_nodes[node].Tail}");
        }
    }

    /// <summary>Starts an agent that keeps runs going until it is told to end.</summary>
    public NodeProgram StartAgent(string name, int runs, double rate)
    {
        var directory = Path.Combine(_directory, name);
        AgentDirectories = [.. AgentDirectories, directory];
        var agent = new NodeProgram(
            [
                "load", "--base", directory, "--name", name, "--seeds", Seeds, "--host", HostAddress, "--seconds", "600", "--patience", "180",
                "--runs", runs.ToString(CultureInfo.InvariantCulture), "--rate", rate.ToString(CultureInfo.InvariantCulture),
            ],
            new Dictionary<string, string>(RingIn(directory)) { ["TelemetryActors__Sinks__Cluster__AnswerTimeout"] = "6s" });
        _agents.Add(agent);
        return agent;
    }

    public void Dispose()
    {
        _agents.ForEach(agent => agent.Dispose());
        foreach (var node in _nodes.Values)
        {
            node.Dispose();
        }

        _refusing.Dispose();
        _database.Dispose();
        _network.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string Describe() => string.Join("; ", _nodes.Select(node => $"node {node.Key} sees {node.Value.CollectorsInSight} of {node.Value.Collectors}"));

    // Each node uploads to somebody who lets nobody in: a circuit that opens at once, for six hours.
    private ClusterNodeUnderTest Define(int node, TimeSpan lease)
    {
        var directory = Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"node{node}"));
        Directory.CreateDirectory(directory);
        new ConsentStore(DiskFileSystem.Instance, directory, TimeProvider.System).Grant("the test");
        string[] arguments =
        [
            $"--Cluster:HostName={_network.Address(node)}", $"--Cluster:Seeds={Seeds}", $"--Cluster:EngineSettings={EngineSettings}", "--Cluster:ReportInterval=5s",
            $"--TelemetryActors:BaseDirectory={directory}", "--TelemetryActors:RingBytes=4MiB", $"--TelemetryActors:Endpoint={_refusing.Endpoint}",
            "--TelemetryActors:FlushIntervalMs=200", $"--TelemetryActors:RunLease={lease.TotalSeconds}s",
        ];
        var variables = RingIn(directory).Append(KeyValuePair.Create("Cluster__Journal__ConnectionString", _database.ConnectionString)).ToDictionary();
        return new ClusterNodeUnderTest(() => new NodeProgram(arguments, variables, _network.Namespace(node)), directory);
    }

    private static Dictionary<string, string> RingIn(string directory) => new()
    {
        ["TELEMETRY_RING_DIR"] = Directory.CreateDirectory(Path.Combine(directory, "ring")).FullName,
    };
}
