using System.Globalization;

namespace TelemetryActors.Cluster.Tests.Story;

/// <summary>A bridge and a network namespace for each node, so that a node can be cut off from everything and joined again.</summary>
internal sealed class NodeNetwork : IDisposable
{
    private const int Nets = 250;

    private readonly int _net;
    private readonly List<int> _nodes = [];

    public NodeNetwork()
    {
        _net = Claim();
        Ip("addr", "add", $"{HostAddress}/24", "dev", Bridge);
        Ip("link", "set", Bridge, "up");

        // Where a container engine has closed forwarding, it holds for bridges too.
        Command.Try("iptables", "-I", "FORWARD", "-i", Bridge, "-o", Bridge, "-j", "ACCEPT");
    }

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? WhyNot { get; } =
        Environment.UserName != "root" ? "network namespaces need root"
        : !Command.IsThere("ip") ? "ip is not installed"
        : Command.Try("ip", "netns", "add", Probe) is { Code: not 0 } refused ? $"network namespaces cannot be made: {refused.Output.Trim()}"
        : Command.Try("ip", "netns", "del", Probe) is { Code: not 0 } left ? left.Output
        : null;

    /// <summary>Where the host itself is in this network.</summary>
    public string HostAddress => Address(254);

    private static string Probe => string.Create(CultureInfo.InvariantCulture, $"ta-probe{Environment.ProcessId}");

    private string Bridge => BridgeOf(_net);

    /// <summary>Where a node is.</summary>
    public string Address(int node) => string.Create(CultureInfo.InvariantCulture, $"10.203.{_net}.{node}");

    /// <summary>The namespace of a node.</summary>
    public string Namespace(int node) => string.Create(CultureInfo.InvariantCulture, $"ta{_net}p{Environment.ProcessId}n{node}");

    /// <summary>Makes a node's namespace and joins it to the others.</summary>
    public void Add(int node)
    {
        _nodes.Add(node);
        Ip("netns", "add", Namespace(node));
        Ip("link", "add", Outer(node), "type", "veth", "peer", "name", "eth0", "netns", Namespace(node));
        Ip("link", "set", Outer(node), "master", Bridge, "up");
        Ip("-n", Namespace(node), "addr", "add", $"{Address(node)}/24", "dev", "eth0");
        Ip("-n", Namespace(node), "link", "set", "eth0", "up");
        Ip("-n", Namespace(node), "link", "set", "lo", "up");
    }

    /// <summary>Cuts a node off from everything: nothing is refused, nothing comes.</summary>
    public void Cut(int node) => Ip("link", "set", Outer(node), "down");

    /// <summary>Joins it again.</summary>
    public void Heal(int node) => Ip("link", "set", Outer(node), "up");

    public void Dispose()
    {
        foreach (var node in _nodes)
        {
            Command.Try("ip", "netns", "del", Namespace(node));
            Command.Try("ip", "link", "del", Outer(node));
        }

        Command.Try("iptables", "-D", "FORWARD", "-i", Bridge, "-o", Bridge, "-j", "ACCEPT");
        Command.Try("ip", "link", "del", Bridge);
    }

    private string Outer(int node) => string.Create(CultureInfo.InvariantCulture, $"ta{_net}v{node}");

    private static string BridgeOf(int net) => string.Create(CultureInfo.InvariantCulture, $"ta{net}b");

    // A bridge's name is its claim on a network: one that is in use, or that a killed test left, is passed over.
    private static int Claim()
    {
        var refused = "";
        for (var attempt = 0; attempt < Nets; attempt++)
        {
            var net = (Environment.ProcessId + attempt) % Nets;
            (var code, refused) = Command.Try("ip", "link", "add", BridgeOf(net), "type", "bridge");
            if (code == 0)
            {
                return net;
            }
        }

        throw new InvalidOperationException($"no network of {Nets} is free: {refused}");
    }

    private static void Ip(params string[] arguments) => Command.Run("ip", arguments);
}
