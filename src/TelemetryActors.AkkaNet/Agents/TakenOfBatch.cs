using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>Which actors have taken all their lines of a batch, for as long as that batch is tried: what was accepted is not told again beside what was not.</summary>
/// <remarks>In memory alone: after a restart of the sink all lines go again, and collectors know them by their ids. One call at a time.</remarks>
internal sealed class TakenOfBatch
{
    private readonly Dictionary<string, RunBatchTaken> _taken = new(StringComparer.Ordinal);
    private SinkBatch? _batch;

    /// <summary>The answer of an actor that has all its lines of the batch; null when it is to be told.</summary>
    public RunBatchTaken? this[string entityId] => _taken.GetValueOrDefault(entityId);

    /// <summary>A batch is to be told. Another one than before, or one that is sent once more on purpose, begins anew.</summary>
    /// <returns>Whether it begins anew.</returns>
    public bool Begin(SinkBatch batch)
    {
        var isNew = batch.Attempt == 1 || _batch is null || (batch.Slot, batch.Start, batch.End, batch.Origin) != (_batch.Slot, _batch.Start, _batch.End, _batch.Origin);
        if (isNew)
        {
            _taken.Clear();
        }

        _batch = batch with { Lines = default };
        return isNew;
    }

    /// <summary>Takes note of who has taken its lines.</summary>
    public void Keep(IEnumerable<(EntityLines Lines, object? Answer)> answers)
    {
        foreach (var (lines, answer) in answers)
        {
            if (answer is RunBatchTaken taken)
            {
                _taken[lines.EntityId] = taken;
            }
        }
    }
}
