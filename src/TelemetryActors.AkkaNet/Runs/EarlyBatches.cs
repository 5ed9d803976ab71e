using Akka.Actor;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Who sent batches while the journal reads or writes a run: they wait in its actor's stash, and end with it when the journal fails.</summary>
internal sealed class EarlyBatches
{
    private readonly List<(IActorRef Asker, long BatchId)> _batches = [];

    /// <summary>How many wait.</summary>
    public int Count => _batches.Count;

    public void Add(IActorRef asker, RunBatch batch) => _batches.Add((asker, batch.BatchId));

    /// <summary>The journal is done, and the batches come by themselves.</summary>
    public void Clear() => _batches.Clear();

    /// <summary>They end, and who sent them is told.</summary>
    /// <param name="why">What the journal did.</param>
    public void Refuse(string why)
    {
        foreach (var (asker, batchId) in _batches)
        {
            asker.Tell(new RunBatchRefused(batchId, why, RunJournal.RetryAfter));
        }

        _batches.Clear();
    }
}
