using Akka.Actor;
using Akka.Hosting;
using TelemetryActors;

namespace ActorService;

/// <summary>Takes orders. Each is a run: a start, what happened, an end.</summary>
internal sealed class OrdersActor : ReceiveActor
{
    public OrdersActor(TelemetryClient telemetry, IRequiredActor<ParcelsActor> parcels)
    {
        Receive<Order>(order =>
        {
            using var run = telemetry.StartRun("shop", "order");
            run.Record("order_taken", ("items", order.Items));
            parcels.ActorRef.Tell(order);
            run.End();
            Sender.Tell(new OrderTaken(run.Id));
        });
    }
}
