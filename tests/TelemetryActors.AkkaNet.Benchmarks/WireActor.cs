using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.AkkaNet.Wire;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>Stands for the network: writes and reads each batch as remoting would.</summary>
internal sealed class WireActor : ReceiveActor
{
    public WireActor(IActorRef door)
    {
        var serializer = new WireSerializer((ExtendedActorSystem)Context.System);
        Receive<RunBatch>(batch => door.Tell(serializer.FromBinary(serializer.ToBinary(batch), serializer.Manifest(batch)), Sender));
    }
}
