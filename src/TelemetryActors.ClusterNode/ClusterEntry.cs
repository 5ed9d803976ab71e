using Akka.Actor;
using TelemetryActors.ClusterNode.Settings;

namespace TelemetryActors.ClusterNode;

/// <summary>Decides whom a node asks to let it in, so that there is never a second cluster beside the first.</summary>
/// <remarks>
/// Only who asks itself begins a cluster. With a journal that all nodes share, that is the first of them to say there that it is alive, and no other while
/// one is alive: not a node that is cut off from the others, and not one that was started before its neighbours came back.
/// </remarks>
internal sealed class ClusterEntry(NodeSettings settings)
{
    /// <summary>The nodes to ask, the node itself first when it is to begin the cluster.</summary>
    public IReadOnlyList<Address> ToJoin { get; private set; } = settings.IsAlone ? [settings.Self] : settings.Seeds;

    /// <summary>Whether it is this node that begins the cluster.</summary>
    public bool Begins => ToJoin is [var first, ..] && first == settings.Self;

    /// <summary>Takes into account who else is alive.</summary>
    public void Decide(IReadOnlyList<string> othersAlive)
    {
        var others = othersAlive.Select(Address.Parse).Where(other => other != settings.Self && other.System == settings.SystemName).ToList();
        ToJoin = others.Count == 0 ? [settings.Self] : [.. others.Concat(settings.Seeds).Where(node => node != settings.Self).Distinct()];
    }
}
