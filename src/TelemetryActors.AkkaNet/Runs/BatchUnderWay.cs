using Akka.Actor;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>What a run's actor has given to the buffer and has no answer to yet.</summary>
/// <param name="AppendId">The append's number.</param>
/// <param name="Asker">Who brought the batch; nobody when the actor itself ends the run.</param>
/// <param name="BatchId">The batch's number there.</param>
/// <param name="Batch">The batch without what came before.</param>
internal sealed record BatchUnderWay(long AppendId, IActorRef Asker, long BatchId, SiftedBatch Batch);
