using Akka.Actor;
using TelemetryActors.AkkaNet;

namespace ActorService;

/// <summary>Sends parcels; made without DI, it finds the telemetry by its own system.</summary>
internal sealed class ParcelsActor : ReceiveActor
{
    public ParcelsActor()
    {
        var telemetry = SystemTelemetry.For(Context.System).Client;
        Receive<Order>(order => telemetry.Record("parcel_sent", ("items", order.Items)));
    }

    public static Props Props() => Akka.Actor.Props.Create(() => new ParcelsActor());
}
