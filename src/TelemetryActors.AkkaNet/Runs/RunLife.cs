using TelemetryActors.Encoding;
using TelemetryActors.Runs;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Folds the lines of one entity into what is known of its run, and says which of them were turns in its life.</summary>
/// <remarks>Lines of no run, or of another, say nothing of this one.</remarks>
internal sealed class RunLife(string entityId)
{
    private RunState? _state;

    /// <summary>What is known; null while no line of the run has come.</summary>
    public RunRecord? Record => _state?.ToRecord();

    /// <summary>Whether there is a run, it has not ended, and it ran while lines of it came here: a commit alone begins none.</summary>
    public bool IsRunning => _state is { Status: RunStatus.Running, IsKnownByCommitAlone: false };

    /// <summary>Whether there is a run, and its end stands.</summary>
    public bool HasEnded => _state is { } state && state.Status.IsFinal();

    /// <summary>Goes on from what was known.</summary>
    public void Load(RunRecord? record) => _state = record is null ? null : RunState.From(record);

    /// <summary>Takes the next line that may tell something.</summary>
    /// <returns>The turn that it was; null when it was none.</returns>
    public IRunEvent? Apply(ReadOnlyMemory<byte> line)
    {
        if (!EventLine.TryParse(line, out var parsed, out _) || parsed.RunId != entityId)
        {
            return null;
        }

        _state ??= new RunState(entityId);
        return _state.Apply(parsed) switch
        {
            RunChange.Started => new RunStarted(line),
            RunChange.Reopened => new RunReopened(line),
            RunChange.Ended when _state.Status == RunStatus.Abandoned => new RunAbandoned(line),
            RunChange.Ended => new RunEnded(line),
            _ => null,
        };
    }

    /// <summary>Takes the new lines of a batch.</summary>
    public IReadOnlyList<IRunEvent> Apply(SiftedBatch batch)
    {
        _state?.CountFurther(batch.Accepted - batch.Telling.Count);
        return [.. batch.Telling.Select(Apply).OfType<IRunEvent>()];
    }

    /// <summary>The run's owner, in this process, has come so far.</summary>
    public void AdvanceTo(long lastSequence, DateTimeOffset now) => _state?.AdvanceTo(lastSequence, now);
}
