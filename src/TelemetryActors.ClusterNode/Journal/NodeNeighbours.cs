namespace TelemetryActors.ClusterNode.Journal;

/// <summary>What a node that is about to enter makes of those that are alive. Decides alone.</summary>
/// <param name="self">The node's own address.</param>
/// <param name="start">The id of its own start.</param>
internal sealed class NodeNeighbours(string self, string start)
{
    /// <summary>Why the node must not run: another cluster, of another system name, has this database. Null when none has.</summary>
    public string? Refusal(IReadOnlyList<NodeRow> alive)
    {
        var own = SystemOf(self);
        return alive.FirstOrDefault(node => SystemOf(node.Address) != own) is { } other
            ? $"the database is the journal of another cluster: {other.Address} is alive there, and this node is {self}. Two clusters in one database would take each other's runs: give each a database of its own"
            : null;
    }

    /// <summary>Who else is alive under this node's own address: an earlier life of it that was killed, or another process. Null when nobody is.</summary>
    public NodeRow? Namesake(IReadOnlyList<NodeRow> alive) => alive.FirstOrDefault(node => node.Address == self && node.Start != start);

    /// <summary>Why the node must not run when a namesake says again that it is alive: the dead say nothing.</summary>
    public string? Refusal(NodeRow namesake, IReadOnlyList<NodeRow> later) =>
        Namesake(later) is { } again && (again.Start != namesake.Start || again.Seen > namesake.Seen)
            ? $"another process is alive under this node's address {self}: each node needs a Cluster:HostName and Port of its own"
            : null;

    // protocol://system@host:port
    private static string SystemOf(string address) => address[..Math.Max(0, address.IndexOf('@'))];
}
