using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using TelemetryActors.Engine;
using static TelemetryActors.AkkaNet.BufferProtocol;
using static TelemetryActors.AkkaNet.Runs.RunTimers;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Owns one run: takes its batches, leaves out what came before, has the buffer append the rest, and keeps the run's life in the journal.</summary>
/// <remarks>
/// Ready - Busy (a batch is being appended; others are held) - Refusing (those that were held behind a refused one) - Stopping. A batch is answered when its lines are fsynced and the turns in them are
/// persisted. Between two snapshots a lost actor forgets which lines it took, and takes those that are sent again a second time: with their ids, by which readers know them.
/// Not a <c>ReceivePersistentActor</c>: that builds a matcher at each <c>Become</c>, and this one goes through two states for every batch.
/// </remarks>
internal sealed class RunActor : UntypedPersistentActor, IWithTimers
{
    private readonly string _entityId;
    private readonly IActorRef _buffer;
    private readonly RunSettings _settings;
    private readonly TimeProvider _time;
    private readonly RunMemory _run;
    private readonly RunTimers _timers;
    private readonly EarlyBatches _early = new();
    private readonly HeldBatches _held;
    private readonly RunSnapshots _snapshots;
    private readonly UntypedReceive _ready;
    private readonly UntypedReceive _busy;
    private BatchUnderWay? _underWay;
    private long _appends;
    private int _unpersisted;
    private bool _isOwn;
    private bool _isOthers;
    private bool _isLeaving;
    private bool _isStopping;

    public RunActor(string entityId, IActorRef buffer, RunSettings settings, TimeProvider time)
    {
        _entityId = entityId;
        _buffer = buffer;
        _settings = settings;
        _time = time;
        _run = new RunMemory(entityId);
        _timers = new RunTimers(this, settings);
        _held = new HeldBatches(this, settings.MaxHeld);
        _snapshots = new RunSnapshots(entityId, settings.SnapshotEvery, settings.Trouble, Context.GetLogger());
        (_ready, _busy) = (Ready, Busy);
        PersistenceId = settings.PersistencePrefix + entityId;
        JournalPluginId = settings.Journal;
        SnapshotPluginId = settings.Snapshots;
    }

    public override string PersistenceId { get; }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="entityId">The run's id, or <c>agent-&lt;instance&gt;</c>.</param>
    /// <param name="buffer">Who appends: the guardian of the node's telemetry.</param>
    /// <param name="settings">How the actors of runs live.</param>
    /// <param name="time">The clock.</param>
    public static Props Props(string entityId, IActorRef buffer, RunSettings settings, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new RunActor(entityId, buffer, settings, time)).WithDeploy(Deploy.Local);

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case IRunEvent turn:
                _run.Remember(turn.Line);
                break;
            case SnapshotOffer { Snapshot: RunSnapshot snapshot }:
                _run.Load(snapshot);
                break;
            case RecoveryCompleted:
                _early.Clear();
                AwaitNext();
                Hear(_settings.OwnLines?.UnheardOf(_entityId) ?? []);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void OnCommand(object message) => Ready(message);

    // What comes while the journal reads or writes waits in a stash that knows no bounds: a journal that hangs would fill the memory with what agents send again.
    // One of them will be under way, and the others be held behind it.
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is RunBatch batch && (IsRecovering || _unpersisted > 0))
        {
            if (_early.Count > _settings.MaxHeld)
            {
                Refuse(batch, "too many batches of this run wait for its journal");
                return true;
            }

            _early.Add(Sender, batch);
        }

        return base.AroundReceive(receive, message);
    }

    // What waits for the recovery ends with this actor, and who sent it is told. Whoever has no database has said so itself, once for all runs; what else fails every run alike is told once too.
    // What stands in the journal and cannot be read is this run's alone.
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        _early.Refuse($"the journal of runs cannot be read: {reason.Message}");
        if (JournalTrouble.IsOfOneAlone(reason, message))
        {
            base.OnRecoveryFailure(reason, message);
        }
        else
        {
            _settings.Trouble.TellUnread(Log, reason, PersistenceId);
        }
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        RefuseUnpersisted($"the journal of runs cannot be written: {cause.Message}");
        _settings.Trouble.TellUnwritten(Log, cause, PersistenceId);
    }

    // What was folded is not in the journal, so the actor ends as after a failure, and the next begins after the same pause: a restart would ask the journal again at once, for ever.
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        RefuseUnpersisted($"the journal of runs rejects {@event.GetType().Name}: {cause.Message}");
        base.OnPersistRejected(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    protected override void PostStop()
    {
        RefuseUnderWay("the run's actor ended before the lines were fsynced");
        base.PostStop();
    }

    private void Ready(object message)
    {
        switch (message)
        {
            case RunBatch batch:
                Take(batch);
                break;
            case LeaseOver:
                GiveUp();
                break;
            case StopRun:
                Stop();
                break;
            default:
                Always(message);
                break;
        }
    }

    private void Busy(object message)
    {
        switch (message)
        {
            case RunBatch batch:
                Hold(batch);
                break;
            case Appended appended when appended.Id == _underWay?.AppendId:
                Settle(appended);
                break;
            case AppendRefused refused when refused.Id == _underWay?.AppendId:
                Fail(refused.Reason, refused.IsFinal);
                break;
            case AppendOverdue overdue when overdue.AppendId == _underWay?.AppendId:
                Fail("the event log took too long", isFinal: false);
                break;
            case StopRun:
                _isStopping = true;
                break;
            case LeaseOver:
                // What is under way was heard of the run, and its answer begins the lease anew.
                break;
            default:
                Always(message);
                break;
        }
    }

    // A batch that was held would hide the lines of the refused one before it: the number of its last line is above theirs.
    private void Refusing(object message)
    {
        switch (message)
        {
            case RunBatch batch:
                Refuse(batch, "the batch before it was refused");
                if (_held.WasRefused())
                {
                    Become(_ready);
                }

                break;
            case LeaseOver:
                _timers.PutOffEnd();
                break;
            default:
                Ready(message);
                break;
        }
    }

    private void Stopping(object message)
    {
        if (message is RunBatch batch)
        {
            Refuse(batch, "the run's actor is ending");
        }
        else if (_snapshots.IsLast(message))
        {
            Context.Stop(Self);
        }
    }

    private void Always(object message)
    {
        switch (message)
        {
            case RunLine told:
                _isOwn = true;
                Hear([told]);
                break;
            case RunProgress progress:
                _isOwn = true;
                _run.AdvanceTo(progress.LastSequence, _time.GetUtcNow());
                AwaitNext();
                break;
            case RunQuery:
                Sender.Tell(new RunAnswer(_entityId, _run.Record));
                break;
            case WakeRun:
                AwaitNext();
                break;
            case IdleOver:
                LeaveWhenIdle();
                break;
            case var answer when _snapshots.TryHear(answer, out var older):
                if (older is not null)
                {
                    DeleteSnapshots(older);
                }

                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // An actor begins with what those before it did not hear: it may come once more.
    private void Hear(IReadOnlyList<RunLine> told)
    {
        List<RunLine> unheard = [.. told.Where(line => _settings.OwnLines?.Awaits(line) is not false)];
        if (unheard.Count > 0)
        {
            _isOwn = true;
            Persist([.. unheard.SelectMany(line => _run.Apply(line.Line))], () =>
            {
                AwaitNext();
                _settings.OwnLines?.Heard(unheard[^1]);
            });
        }
    }

    private void Take(RunBatch batch)
    {
        var sifted = _run.Sift(batch);
        if (sifted.Fault is { } fault)
        {
            Sender.Tell(new RunBatchRefused(batch.BatchId, $"the batch is damaged: {fault}", IsFinal: true));
            RefuseHeld();
        }
        else if (sifted.Accepted == 0)
        {
            AwaitNext();
            Sender.Tell(new RunBatchTaken(batch.BatchId, 0, sifted.Duplicates));
            _held.TakeNext();
        }
        else
        {
            _isOthers = true;
            Begin(new BatchUnderWay(++_appends, Sender, batch.BatchId, sifted));
            _buffer.Tell(new Append(_appends, sifted.Lines, sifted.Accepted));
        }
    }

    private void Hold(RunBatch batch)
    {
        if (_isStopping || !_held.TryHold())
        {
            Refuse(batch, "too many batches of this run wait already");
        }
    }

    private void GiveUp()
    {
        if (_settings.OwnLines?.UnheardOf(_entityId).Count > 0)
        {
            // It did not fall silent: what it said is on its way, its end perhaps.
            _timers.PutOffEnd();
        }
        else if (_run.Record is { } run && _run.IsRunning)
        {
            Begin(new BatchUnderWay(++_appends, ActorRefs.Nobody, 0, new SiftedBatch(default, 0, 0, [])));
            _buffer.Tell(new AppendAbandoned(
                _appends, new OpenRun(_entityId, run.AgentName ?? "", run.LastSequence ?? 0), $"nothing was heard of it for {_settings.Lease}"));
        }
    }

    private void Begin(BatchUnderWay underWay)
    {
        _underWay = underWay;
        _timers.BeginAppend(underWay.AppendId);
        Become(_busy);
    }

    // Folding decides what is to be persisted, and has changed the state by then: a fold that is not persisted ends the actor.
    private void Settle(Appended appended)
    {
        _timers.EndAppend();
        _timers.EndsAreTaken();
        _run.Keep();
        _snapshots.Count();
        if (appended.Line.IsEmpty)
        {
            Persist(_run.Apply(_underWay!.Batch), () => Finish(new RunBatchTaken(_underWay.BatchId, _underWay.Batch.Accepted, _underWay.Batch.Duplicates)));
        }
        else
        {
            Persist(_run.Remember(appended.Line), () => Finish(null));
        }
    }

    private void Fail(string reason, bool isFinal)
    {
        _timers.EndAppend();
        _run.Forget();
        var underWay = _underWay!;
        if (underWay.Asker.IsNobody())
        {
            Finish(null);
            _timers.TryEndAgain();
            return;
        }

        var refusal = new RunBatchRefused(underWay.BatchId, reason, isFinal ? null : _settings.RetryAfter, isFinal);
        if (_isStopping)
        {
            Finish(refusal);
            return;
        }

        _underWay = null;
        underWay.Asker.Tell(refusal);
        AwaitNext();
        RefuseHeld();
    }

    private void Finish(object? answer)
    {
        var asker = _underWay!.Asker;
        _underWay = null;
        Become(_ready);
        AwaitNext();
        if (answer is not null)
        {
            asker.Tell(answer);
        }

        if (_isStopping)
        {
            Stop();
        }
        else if (!_held.IsEmpty)
        {
            _held.TakeNext();
        }
        else if (_snapshots.IsDue)
        {
            Snapshot();
        }
    }

    private void RefuseHeld()
    {
        Become(_held.IsEmpty ? _ready : Refusing);
        _held.LetAllCome();
    }

    private void Persist(IReadOnlyList<IRunEvent> turns, Action then)
    {
        if (turns.Count == 0)
        {
            then();
            return;
        }

        _snapshots.Count();
        _unpersisted = turns.Count;
        PersistAll(turns, _ =>
        {
            if (--_unpersisted == 0)
            {
                _early.Clear();
                then();
            }
        });
    }

    private void LeaveWhenIdle()
    {
        if (_underWay is null && !_run.IsRunning)
        {
            _isLeaving = true;
            Context.Parent.Tell(new Passivate(StopRun.Instance));
        }
    }

    private void AwaitNext() => _timers.AwaitNext(_run.IsRunning);

    private void Stop()
    {
        _timers.Stop();
        if (_isLeaving && _run.IsRunning)
        {
            // It came back to life between its wish to leave and its leave, and somebody must watch its lease.
            Context.Parent.Tell(new WakeRun(_entityId), ActorRefs.NoSender);
        }

        Become(Stopping);
        _held.LetAllCome();
        if (_isOwn && _run.HasEnded)
        {
            // Nobody sends its lines again, and the log has them: the journal need not grow with every run of this process.
            _snapshots.AwaitLast(2);
            DeleteSnapshots(SnapshotSelectionCriteria.Latest);
            DeleteMessages(LastSequenceNr);
        }
        else if (_snapshots.HasNews && (_isOthers || !_isOwn))
        {
            // What others say comes again, late perhaps. What this process says does not, and a journal without a snapshot of a run is soon rid of it (GoneRuns).
            Snapshot();
        }
        else
        {
            Context.Stop(Self);
        }
    }

    private void Snapshot()
    {
        _snapshots.Begin();
        SaveSnapshot(_run.ToSnapshot());
    }

    private void Refuse(RunBatch batch, string reason) => Sender.Tell(new RunBatchRefused(batch.BatchId, reason, _settings.RetryAfter));

    private void RefuseUnpersisted(string reason)
    {
        RefuseUnderWay(reason);
        _early.Refuse(reason);
    }

    private void RefuseUnderWay(string reason)
    {
        _underWay?.Asker.Tell(new RunBatchRefused(_underWay.BatchId, reason, _settings.RetryAfter));
        _underWay = null;
    }
}
