using Akka.Actor;

namespace TelemetryActors.AkkaNet;

/// <summary>Stands for a child of the guardian to those who speak to it: passes all on to the one that is there now, at no message's cost.</summary>
/// <remarks>Thread-safe. While none is there, the guardian itself has the word, which refuses.</remarks>
internal sealed class StandIn(ActorSystem system, IActorRef guardian, string name) : MinimalActorRef
{
    private volatile IActorRef? _now;

    public override ActorPath Path { get; } = guardian.Path / name;

    public override IActorRefProvider Provider { get; } = ((ExtendedActorSystem)system).Provider;

    /// <summary>The child that is there now; null while there is none.</summary>
    public IActorRef? Now => _now;

    public void Become(IActorRef? child) => _now = child;

    protected override void TellInternal(object message, IActorRef sender) => (_now ?? guardian).Tell(message, sender);
}
