using Akka.Actor;
using Akka.Persistence;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>What a journal and a snapshot store answer that have no database: persistent actors end at once, and none waits in memory.</summary>
internal static class DatabaseRefusal
{
    /// <summary>Answers what persistent actors ask.</summary>
    /// <returns>False for any other message.</returns>
    public static bool TryAnswer(object message, IActorRef sender, Exception cause)
    {
        switch (message)
        {
            case ReplayMessages replay:
                replay.PersistentActor.Tell(new ReplayMessagesFailure(cause));
                return true;
            case WriteMessages write:
                Refuse(write, cause);
                return true;
            case DeleteMessagesTo delete:
                delete.PersistentActor.Tell(new DeleteMessagesFailure(cause, delete.ToSequenceNr));
                return true;
            case LoadSnapshot:
                sender.Tell(new LoadSnapshotFailed(cause));
                return true;
            case SaveSnapshot save:
                sender.Tell(new SaveSnapshotFailure(save.Metadata, cause));
                return true;
            case DeleteSnapshot delete:
                sender.Tell(new DeleteSnapshotFailure(delete.Metadata, cause));
                return true;
            case DeleteSnapshots delete:
                sender.Tell(new DeleteSnapshotsFailure(delete.Criteria, cause));
                return true;
            default:
                return false;
        }
    }

    private static void Refuse(WriteMessages write, Exception cause)
    {
        var writes = write.Messages.OfType<AtomicWrite>().ToList();
        write.PersistentActor.Tell(new WriteMessagesFailed(cause, writes.Count));
        foreach (var message in writes.SelectMany(each => (IEnumerable<IPersistentRepresentation>)each.Payload))
        {
            write.PersistentActor.Tell(new WriteMessageFailure(message, cause, write.ActorInstanceId));
        }
    }
}
