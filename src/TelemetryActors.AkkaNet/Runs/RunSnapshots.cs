using Akka.Event;
using Akka.Persistence;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>When a run's snapshot is due, and what its stores say of what they were to keep and to delete. What they did not do is told, and holds up nobody.</summary>
/// <param name="entityId">The run.</param>
/// <param name="every">Batches and turns between two snapshots.</param>
/// <param name="trouble">Tells it, once for all runs.</param>
/// <param name="log">Where it is told.</param>
internal sealed class RunSnapshots(string entityId, int every, JournalTrouble trouble, ILoggingAdapter log)
{
    private int _news;
    private int _awaited = 1;

    /// <summary>Whether something came since the last.</summary>
    public bool HasNews => _news > 0;

    /// <summary>Whether so much came that one is due.</summary>
    public bool IsDue => _news >= every;

    /// <summary>Something came that the last one does not have.</summary>
    public void Count() => _news++;

    /// <summary>One is being kept.</summary>
    public void Begin() => _news = 0;

    /// <summary>The actor ends when its stores have answered so often.</summary>
    public void AwaitLast(int answers) => _awaited = answers;

    /// <summary>Takes what a store says while the actor lives.</summary>
    /// <param name="message">Any message.</param>
    /// <param name="older">The snapshots that are of no use any more; null when there are none.</param>
    /// <returns>False for what no store says.</returns>
    public bool TryHear(object message, out SnapshotSelectionCriteria? older)
    {
        older = null;
        switch (message)
        {
            case SaveSnapshotSuccess saved:
                older = new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1);
                return true;
            case SaveSnapshotFailure failure:
                TellUnkept(failure);
                return true;
            case DeleteSnapshotsFailure failure:
                Tell(failure.Cause, "Old snapshots of a run were not deleted.");
                return true;
            default:
                return message is DeleteSnapshotsSuccess;
        }
    }

    /// <summary>Takes what a store says while the actor ends.</summary>
    /// <returns>Whether that was the last that is awaited.</returns>
    public bool IsLast(object message)
    {
        switch (message)
        {
            case DeleteMessagesFailure failure:
                Tell(failure.Cause, "An ended run was not taken out of the journal.");
                break;
            case SaveSnapshotFailure failure:
                TellUnkept(failure);
                break;
            case DeleteSnapshotsFailure failure when failure.Criteria.Equals(SnapshotSelectionCriteria.Latest):
                Tell(failure.Cause, "The snapshots of an ended run were not deleted.");
                break;
            case SaveSnapshotSuccess or DeleteMessagesSuccess:
            case DeleteSnapshotsSuccess deleted when deleted.Criteria.Equals(SnapshotSelectionCriteria.Latest):
                break;
            default:
                return false;
        }

        return --_awaited <= 0;
    }

    private void TellUnkept(SaveSnapshotFailure failure) => Tell(failure.Cause, "The snapshot of a run was not kept.");

    private void Tell(Exception cause, string what) => trouble.Tell(log, LogLevel.WarningLevel, cause, what, entityId);
}
