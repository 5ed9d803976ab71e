namespace TelemetryActors.ClusterNode.Journal;

/// <summary>What a node's place in the network says of one that fell silent in the journal.</summary>
internal enum NeighbourState
{
    /// <summary>Nobody listens there as a member would: it is in no cluster.</summary>
    Gone,

    /// <summary>Somebody listens: it may be a member that does not reach the journal, or whose machine is paused.</summary>
    There,

    /// <summary>Nobody can say: its machine, or the way to it, is away.</summary>
    Unknown,
}
