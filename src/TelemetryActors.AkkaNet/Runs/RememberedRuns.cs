using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Keeps in the journal which runs of other processes a node by itself has in hand, so that they are watched again after its death: what a shard's remembered entities are to a cluster.</summary>
/// <remarks>A run is noted before its first batch is taken, and crossed out when its actor leaves memory with nothing to watch. A failure of the journal ends this actor; its parent starts it anew.</remarks>
internal sealed class RememberedRuns : ReceivePersistentActor
{
    private const int SnapshotEvery = 500;

    private readonly HashSet<string> _entities = new(StringComparer.Ordinal);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly JournalTrouble _trouble;
    private int _changes;

    public RememberedRuns(string persistenceId, RunSettings settings)
    {
        _trouble = settings.Trouble;
        PersistenceId = persistenceId;
        JournalPluginId = settings.Journal;
        SnapshotPluginId = settings.Snapshots;
        Recover<SnapshotOffer>(offer => _entities.UnionWith(((RunsInHand)offer.Snapshot).Entities));
        Recover<RunNoted>(noted => _entities.Add(noted.EntityId));
        Recover<RunCrossedOut>(crossedOut => _entities.Remove(crossedOut.EntityId));
        Recover<RecoveryCompleted>(_ => Context.Parent.Tell(new Recalled([.. _entities])));
        Command<Note>(note => PersistAsync(new RunNoted(note.EntityId), noted =>
        {
            _entities.Add(noted.EntityId);
            Context.Parent.Tell(new Noted(noted.EntityId));
            Count();
        }));
        Command<CrossOut>(crossOut => PersistAsync(new RunCrossedOut(crossOut.EntityId), crossedOut =>
        {
            _entities.Remove(crossedOut.EntityId);
            Count();
        }));
        Command<SaveSnapshotSuccess>(saved =>
        {
            DeleteMessages(saved.Metadata.SequenceNr);
            DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
        });
        Command<SaveSnapshotFailure>(failure => _log.Warning(failure.Cause, "The list of the runs in hand was not shortened."));
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteMessagesFailure>(failure => _log.Warning(failure.Cause, "The list of the runs in hand was not shortened."));
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(failure => _log.Warning(failure.Cause, "Old lists of the runs in hand were not deleted."));
    }

    public override string PersistenceId { get; }

    public static Props Props(string persistenceId, RunSettings settings) => Akka.Actor.Props.Create(() => new RememberedRuns(persistenceId, settings)).WithDeploy(Deploy.Local);

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        if (JournalTrouble.IsOfOneAlone(reason, message))
        {
            base.OnRecoveryFailure(reason, message);
        }
        else
        {
            _trouble.TellUnread(_log, reason, PersistenceId);
        }
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _trouble.TellUnwritten(_log, cause, PersistenceId);

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        throw new InvalidOperationException($"The journal of runs rejected {@event.GetType().Name}: {cause.Message}", cause);
    }

    private void Count()
    {
        if (++_changes % SnapshotEvery == 0)
        {
            SaveSnapshot(new RunsInHand([.. _entities]));
        }
    }

    /// <summary>Note a run; answered with <see cref="Noted"/>.</summary>
    internal sealed record Note(string EntityId) : INoSerializationVerificationNeeded;

    /// <summary>The run is noted.</summary>
    internal sealed record Noted(string EntityId) : INoSerializationVerificationNeeded;

    /// <summary>There is nothing to watch of a run any more.</summary>
    internal sealed record CrossOut(string EntityId) : INoSerializationVerificationNeeded;

    /// <summary>To the parent, once after each start: the runs that were in hand.</summary>
    internal sealed record Recalled(IReadOnlyList<string> Entities) : INoSerializationVerificationNeeded;
}
