using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using TelemetryActors.Engine;
using TelemetryActors.Runs;
using static TelemetryActors.AkkaNet.BufferProtocol;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Owns one run: takes its batches, leaves out what came before, has the buffer append the rest, and keeps the run's life in the journal.</summary>
/// <remarks>
/// Ready - Busy (a batch is being appended; others are held) - Refusing (those that were held behind a refused one) - Stopping. A batch is answered when its lines are fsynced and the turns in them are
/// persisted. Between two snapshots a lost actor forgets which lines it took, and takes those that are sent again a second time: with their ids, by which readers know them.
/// </remarks>
internal sealed class RunActor : ReceivePersistentActor, IWithTimers
{
    private const string LeaseKey = "lease";
    private const string IdleKey = "idle";
    private const string OverdueKey = "overdue";
    private const int MostIdBytes = 1024;

    private readonly string _entityId;
    private readonly IActorRef _buffer;
    private readonly RunSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly RunLife _life;
    private readonly List<(IActorRef Asker, long BatchId)> _early = [];
    private SeenIds _seen = new();
    private BatchUnderWay? _underWay;
    private long _appends;
    private int _held;
    private int _unpersisted;
    private int _takenSinceSnapshot;
    private int _refusedEnds;
    private bool _isOwn;
    private bool _isLeaving;
    private bool _isStopping;

    public RunActor(string entityId, IActorRef buffer, RunSettings settings, TimeProvider time)
    {
        _entityId = entityId;
        _buffer = buffer;
        _settings = settings;
        _time = time;
        _life = new RunLife(entityId);
        PersistenceId = settings.PersistencePrefix + entityId;
        JournalPluginId = settings.Journal;
        SnapshotPluginId = settings.Snapshots;
        Recover<IRunEvent>(turn => Remember(turn.Line));
        Recover<SnapshotOffer>(offer => Load((RunSnapshot)offer.Snapshot));
        Recover<RecoveryCompleted>(_ =>
        {
            _early.Clear();
            AwaitNext();
        });
        Become(Ready);
    }

    public override string PersistenceId { get; }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="entityId">The run's id, or <c>agent-&lt;instance&gt;</c>.</param>
    /// <param name="buffer">Who appends: the guardian of the node's telemetry.</param>
    /// <param name="settings">How the actors of runs live.</param>
    /// <param name="time">The clock.</param>
    public static Props Props(string entityId, IActorRef buffer, RunSettings settings, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new RunActor(entityId, buffer, settings, time));

    protected override void PostStop()
    {
        Refuse("the run's actor ended before the lines were fsynced");
        base.PostStop();
    }

    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is RunBatch batch && IsRecovering)
        {
            _early.Add((Sender, batch.BatchId));
        }

        return base.AroundReceive(receive, message);
    }

    // What waits for the recovery ends with this actor, and who sent it is told. Whoever has no database has said so itself, once for all runs.
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        foreach (var (asker, batchId) in _early)
        {
            asker.Tell(new RunBatchRefused(batchId, $"the journal of runs cannot be read: {reason.Message}", RunJournal.RetryAfter));
        }

        _early.Clear();
        if (reason is not DatabaseAwayException)
        {
            base.OnRecoveryFailure(reason, message);
        }
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Refuse($"the journal of runs cannot be written: {cause.Message}");
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        throw new InvalidOperationException($"The journal of runs rejected {@event.GetType().Name} of {_entityId}: {cause.Message}", cause);
    }

    private void Ready()
    {
        Command<RunBatch>(Take);
        Command<LeaseOver>(_ => GiveUp());
        Command<StopRun>(_ => Stop());
        Always();
    }

    private void Busy()
    {
        Command<RunBatch>(Hold);
        Command<Appended>(appended => appended.Id == _underWay?.AppendId, Settle);
        Command<AppendRefused>(refused => refused.Id == _underWay?.AppendId, refused => Fail(refused.Reason, refused.IsFinal));
        Command<AppendOverdue>(overdue => overdue.AppendId == _underWay?.AppendId, _ => Fail("the event log took too long", isFinal: false));
        Command<StopRun>(_ => _isStopping = true);
        Always();
    }

    // A batch that was held would hide the lines of the refused one before it: the number of its last line is above theirs.
    private void Refusing()
    {
        Command<RunBatch>(batch =>
        {
            Sender.Tell(new RunBatchRefused(batch.BatchId, "the batch before it was refused", _settings.RetryAfter));
            if (--_held == 0)
            {
                Become(Ready);
            }
        });
        Command<LeaseOver>(_ => Timers.StartSingleTimer(LeaseKey, new LeaseOver(), _settings.RetryAfter));
        Command<StopRun>(_ => Stop());
        Always();
    }

    private void Stopping()
    {
        Command<RunBatch>(batch => Sender.Tell(new RunBatchRefused(batch.BatchId, "the run's actor is ending", _settings.RetryAfter)));
        Command<SaveSnapshotSuccess>(_ => Context.Stop(Self));
        Command<DeleteMessagesSuccess>(_ => Context.Stop(Self));
        Command<DeleteMessagesFailure>(failure =>
        {
            _log.Warning(failure.Cause, "The ended run {0} was not taken out of the journal.", _entityId);
            Context.Stop(Self);
        });
        Command<SaveSnapshotFailure>(failure =>
        {
            _log.Warning(failure.Cause, "The snapshot of run {0} was not kept.", _entityId);
            Context.Stop(Self);
        });
        CommandAny(_ => { });
    }

    private void Always()
    {
        Command<RunLine>(told =>
        {
            _isOwn = true;
            Persist(_life.Apply(told.Line) is { } turn ? [turn] : [], AwaitNext);
        });
        Command<RunProgress>(progress =>
        {
            _isOwn = true;
            _life.AdvanceTo(progress.LastSequence, _time.GetUtcNow());
            AwaitNext();
        });
        Command<RunQuery>(_ => Sender.Tell(new RunAnswer(_entityId, _life.Record)));
        Command<WakeRun>(_ => AwaitNext());
        Command<IdleOver>(_ => LeaveWhenIdle());
        Command<SaveSnapshotSuccess>(saved => DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1)));
        Command<SaveSnapshotFailure>(failure => _log.Warning(failure.Cause, "The snapshot of run {0} was not kept.", _entityId));
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(failure => _log.Warning(failure.Cause, "Old snapshots of run {0} were not deleted.", _entityId));
    }

    private void Take(RunBatch batch)
    {
        var sifted = IsTakenByJournals(_entityId) ? BatchSieve.Sift(batch.Lines, batch.Count, batch.IsRepeat ? null : _seen) : SiftedBatch.Faulty("no journal takes its run's id");
        if (sifted.Fault is { } fault)
        {
            _seen.Forget();
            Sender.Tell(new RunBatchRefused(batch.BatchId, $"the batch is damaged: {fault}", IsFinal: true));
            RefuseHeld();
        }
        else if (sifted.Accepted == 0)
        {
            AwaitNext();
            Sender.Tell(new RunBatchTaken(batch.BatchId, 0, sifted.Duplicates));
            TakeHeld();
        }
        else
        {
            Begin(new BatchUnderWay(++_appends, Sender, batch.BatchId, sifted));
            _buffer.Tell(new Append(_appends, sifted.Lines, sifted.Accepted));
        }
    }

    // What PostgreSQL takes in a column with an index, and no less: a batch of another id is refused for good, or it would be sent again for ever. Agents deal lines by a narrower
    // rule of their own (RunLines), which loses nothing; this one must hold for every agent there is, of other versions, too.
    private static bool IsTakenByJournals(string id) => !id.Contains('\0') && System.Text.Encoding.UTF8.GetByteCount(id) <= MostIdBytes;

    private void Hold(RunBatch batch)
    {
        if (_held >= _settings.MaxHeld || _isStopping)
        {
            Sender.Tell(new RunBatchRefused(batch.BatchId, "too many batches of this run wait already", _settings.RetryAfter));
            return;
        }

        _held++;
        Stash.Stash();
    }

    private void GiveUp()
    {
        if (_life.Record is { } run && _life.IsRunning)
        {
            Begin(new BatchUnderWay(++_appends, ActorRefs.Nobody, 0, new SiftedBatch(default, 0, 0, [])));
            _buffer.Tell(new AppendAbandoned(
                _appends, new OpenRun(_entityId, run.AgentName ?? "", run.LastSequence ?? 0), $"nothing was heard of it for {_settings.Lease}"));
        }
    }

    private void Begin(BatchUnderWay underWay)
    {
        _underWay = underWay;
        Timers.StartSingleTimer(OverdueKey, new AppendOverdue(underWay.AppendId), _settings.AppendTimeout);
        Become(Busy);
    }

    // Folding decides what is to be persisted, and has changed the state by then: a fold that is not persisted ends the actor.
    private void Settle(Appended appended)
    {
        Timers.Cancel(OverdueKey);
        _refusedEnds = 0;
        _seen.Keep();
        _takenSinceSnapshot++;
        if (appended.Line.IsEmpty)
        {
            Persist(_life.Apply(_underWay!.Batch), () => Finish(new RunBatchTaken(_underWay.BatchId, _underWay.Batch.Accepted, _underWay.Batch.Duplicates)));
        }
        else
        {
            Persist(Remember(appended.Line) is { } turn ? [turn] : [], () => Finish(null));
        }
    }

    private void Fail(string reason, bool isFinal)
    {
        Timers.Cancel(OverdueKey);
        _seen.Forget();
        var underWay = _underWay!;
        if (underWay.Asker.IsNobody())
        {
            Finish(null);
            Timers.StartSingleTimer(LeaseKey, new LeaseOver(), NextTryOfAnEnd());
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

    private void RefuseHeld()
    {
        Become(_held > 0 ? Refusing : Ready);
        Stash.UnstashAll();
    }

    private void TakeHeld()
    {
        if (_held > 0)
        {
            _held--;
            Stash.Unstash();
        }
    }

    // Not after another lease: who runs it has been silent for long enough. Twice as long each time, for a node may refuse for hours.
    private TimeSpan NextTryOfAnEnd()
    {
        var wait = _settings.RetryAfter * Math.Pow(2, Math.Min(_refusedEnds++, 20));
        return wait < _settings.Lease ? wait : _settings.Lease;
    }

    private void Finish(object? answer)
    {
        var asker = _underWay!.Asker;
        _underWay = null;
        Become(Ready);
        AwaitNext();
        if (answer is not null)
        {
            asker.Tell(answer);
        }

        if (_isStopping)
        {
            Stop();
        }
        else if (_held > 0)
        {
            TakeHeld();
        }
        else if (_takenSinceSnapshot >= _settings.SnapshotEvery)
        {
            Snapshot();
        }
    }

    private void Persist(IReadOnlyList<IRunEvent> turns, Action then)
    {
        if (turns.Count == 0)
        {
            then();
            return;
        }

        _takenSinceSnapshot++;
        _unpersisted = turns.Count;
        PersistAll(turns, _ =>
        {
            if (--_unpersisted == 0)
            {
                then();
            }
        });
    }

    private void LeaveWhenIdle()
    {
        if (_underWay is null && !_life.IsRunning)
        {
            _isLeaving = true;
            Context.Parent.Tell(new Passivate(StopRun.Instance));
        }
    }

    // Running: closed when it is silent beyond its lease. Otherwise: out of memory when nobody speaks of it.
    private void AwaitNext()
    {
        Timers.Cancel(IdleKey);
        if (_life.IsRunning)
        {
            Timers.StartSingleTimer(LeaseKey, new LeaseOver(), _settings.Lease);
        }
        else
        {
            Timers.Cancel(LeaseKey);
            Timers.StartSingleTimer(IdleKey, new IdleOver(), _settings.Idle);
        }
    }

    private void Stop()
    {
        Timers.CancelAll();
        if (_isLeaving && _life.IsRunning)
        {
            // It came back to life between its wish to leave and its leave, and somebody must watch its lease.
            Context.Parent.Tell(new WakeRun(_entityId), ActorRefs.NoSender);
        }

        Become(Stopping);
        Stash.UnstashAll();
        if (_isOwn && _life.HasEnded)
        {
            // Nobody sends its lines again, and the log has them: the journal need not grow with every run of this process.
            DeleteSnapshots(SnapshotSelectionCriteria.Latest);
            DeleteMessages(LastSequenceNr);
        }
        else if (_takenSinceSnapshot > 0)
        {
            Snapshot();
        }
        else
        {
            Context.Stop(Self);
        }
    }

    private void Snapshot()
    {
        _takenSinceSnapshot = 0;
        SaveSnapshot(new RunSnapshot(_life.Record, _seen.ToRecord()));
    }

    private void Load(RunSnapshot snapshot)
    {
        _life.Load(snapshot.Record);
        _seen = SeenIds.From(snapshot.Seen);
    }

    private IRunEvent? Remember(ReadOnlyMemory<byte> line)
    {
        if (LineFrame.TryRead(line.Span.EndsWith("\n"u8) ? line[..^1] : line, out var frame, out _))
        {
            _seen.IsSecond(frame.Id);
            _seen.Keep();
        }

        return _life.Apply(line);
    }

    private void Refuse(string reason)
    {
        _underWay?.Asker.Tell(new RunBatchRefused(_underWay.BatchId, reason, _settings.RetryAfter));
        _underWay = null;
    }

    private sealed record LeaseOver : INotInfluenceReceiveTimeout;

    private sealed record IdleOver : INotInfluenceReceiveTimeout;

    private sealed record AppendOverdue(long AppendId) : INotInfluenceReceiveTimeout;
}
