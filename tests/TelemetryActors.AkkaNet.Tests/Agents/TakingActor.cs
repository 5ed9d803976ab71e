using System.Collections.Concurrent;
using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Tests.Agents;

/// <summary>Stands for the actors of runs: keeps what it is told, and answers as it is told to.</summary>
internal sealed class TakingActor : ReceiveActor
{
    public TakingActor(ConcurrentQueue<RunBatch> told, Func<RunBatch, object?> answer) => Receive<RunBatch>(batch =>
    {
        told.Enqueue(batch);
        if (answer(batch) is { } said)
        {
            Sender.Tell(said);
        }
    });

    public static object? Take(RunBatch batch) => new RunBatchTaken(batch.BatchId, batch.Count, 0);
}
