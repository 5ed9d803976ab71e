using Akka.Actor;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>An actor of the host that answers with what it is told.</summary>
internal sealed class EchoActor : ReceiveActor
{
    public EchoActor() => ReceiveAny(message => Sender.Tell(message));

    public static Props Props { get; } = Akka.Actor.Props.Create(() => new EchoActor());
}
