using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>Collectors and agents of this machine's loopback that share one database: no networks of their own, so nobody can be cut off.</summary>
internal sealed class LoopbackCluster : IDisposable
{
    /// <summary>Engine settings of every node: none is given up because a starved machine is slow.</summary>
    public const string Patience = "akka.cluster.failure-detector.acceptable-heartbeat-pause = 10s";

    private readonly List<IDisposable> _all = [];
    private readonly int[] _ports;

    /// <param name="nodes">How many nodes are named as seeds.</param>
    public LoopbackCluster(int nodes)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("ta-loopback-").FullName;
        File.WriteAllText(EngineSettings, Patience);
        Database = new PostgresServer("127.0.0.1");
        _ports = FreePorts(nodes);
    }

    public string Directory { get; }

    public PostgresServer Database { get; }

    private string EngineSettings => Path.Combine(Directory, "engine.conf");

    public string Seeds => string.Join(',', _ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")));

    /// <summary>Describes node <paramref name="number"/>, from 1; it is started by <see cref="ClusterNodeUnderTest.Start"/>.</summary>
    /// <param name="number">Its place among the seeds.</param>
    /// <param name="directory">Its base directory; null: one of its own.</param>
    /// <param name="settings">Settings that win over the usual ones, such as <c>--Cluster:Port=1</c>.</param>
    public ClusterNodeUnderTest Node(int number, string? directory = null, params string[] settings)
    {
        directory ??= Path.Combine(Directory, string.Create(CultureInfo.InvariantCulture, $"node{number}"));
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "state"));
        string[] arguments =
        [
            "--Cluster:HostName=127.0.0.1", "--Cluster:BindHost=127.0.0.1", $"--Cluster:Port={_ports[number - 1]}", $"--Cluster:Seeds={Seeds}", $"--Cluster:EngineSettings={EngineSettings}",
            $"--TelemetryActors:BaseDirectory={directory}", "--TelemetryActors:RingBytes=4MiB", .. settings,
        ];
        var variables = new Dictionary<string, string>(Ring(Path.GetFileName(directory))) { ["Cluster__Journal__ConnectionString"] = Database.ConnectionString };
        var node = new ClusterNodeUnderTest(() => new NodeProgram(arguments, variables), directory);
        _all.Add(node);
        return node;
    }

    /// <summary>Starts an agent that keeps runs going until it is told to end.</summary>
    public NodeProgram Agent(string name, int runs, double rate)
    {
        var agent = new NodeProgram(
            [
                "load", "--base", AgentDirectory(name), "--name", name, "--seeds", Seeds, "--host", "127.0.0.1", "--seconds", "600", "--patience", "180",
                "--runs", runs.ToString(CultureInfo.InvariantCulture), "--rate", rate.ToString(CultureInfo.InvariantCulture),
            ],
            Ring(name));
        _all.Add(agent);
        return agent;
    }

    public string AgentDirectory(string name) => Path.Combine(Directory, name);

    /// <summary>Waits until the node is ready and sees so many collectors, itself among them.</summary>
    public static Task UntilSeesAsync(ClusterNodeUnderTest node, int collectors) => Patiently.UntilAsync(() => node.CollectorsInSight == collectors, () => node.Tail);

    public void Dispose()
    {
        _all.ForEach(one => one.Dispose());
        Database.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private Dictionary<string, string> Ring(string name) => new()
    {
        ["TELEMETRY_RING_DIR"] = System.IO.Directory.CreateDirectory(Path.Combine(Directory, $"{name}-ring")).FullName,
    };

    // All at once, so that none is given twice.
    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }
}
