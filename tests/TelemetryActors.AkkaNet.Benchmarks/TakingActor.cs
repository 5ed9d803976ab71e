using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>Answers every batch at once, and does nothing with it.</summary>
internal sealed class TakingActor : ReceiveActor
{
    public TakingActor() => Receive<RunBatch>(batch => Sender.Tell(new RunBatchTaken(batch.BatchId, batch.Count, 0)));

    public static Props Props { get; } = Akka.Actor.Props.Create(() => new TakingActor());
}
