using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using TelemetryActors.Engine;
using TelemetryActors.Storage;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>The parent of a node's own runs: starts a run's actor when it is first spoken of, lets it leave memory, and tells it how its handle fares.</summary>
/// <remarks>
/// What a shard is to a cluster's runs. Messages for a run that is leaving wait for its next actor, batches for one that is not remembered yet until it is. Runs that are remembered always have an actor:
/// somebody must watch their leases.
/// </remarks>
internal sealed class RunsActor : ReceiveActor, IWithTimers
{
    private const int MostWaiting = 64;
    private const string Ending = "this node is ending";
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(5);

    private readonly Func<string, Props> _props;
    private readonly Func<IReadOnlyCollection<OpenRun>> _openRuns;
    private readonly TimeSpan _look;
    private readonly Func<bool> _mayHoldRuns;
    private readonly Func<int>? _upkeep;
    private readonly Dictionary<IActorRef, string> _entities = [];
    private readonly NotedRuns _noted;
    private readonly WaitingMessages<IActorRef> _leaving = new(MostWaiting);
    private readonly WaitingMessages<string> _unnoted = new(MostWaiting);
    private readonly RunLineRelay? _ownLines;
    private Dictionary<string, long> _lastSeen = [];

    public RunsActor(IActorRef buffer, RunSettings settings, EngineEnvironment environment)
    {
        _props = entity => RunActor.Props(entity, buffer, settings, environment.Time);

        // Not below the runs' own prefix: one could be called so.
        _noted = new NotedRuns(Context, RememberedRuns.Props($"own-runs-of-others-{environment.Sources()[0].Tail.Stream}", settings));
        _mayHoldRuns = settings.MayHoldRuns;
        _upkeep = settings.Upkeep;
        _ownLines = settings.OwnLines;
        _openRuns = environment.OpenRuns;
        _look = settings.Lease / 3 < LongestLook ? settings.Lease / 3 : LongestLook;
        Receive<IRunMessage>(message => Take(message, Sender));
        Receive<LookedAtJournal>(looked => _noted.BeginRecall(looked.MayHoldRuns));
        Receive<RecallAgain>(_ => _noted.RecallAgain());
        Receive<RememberedRuns.Noted>(noted => Admit(noted.EntityId));
        Receive<RememberedRuns.Recalled>(recalled =>
        {
            _noted.Recall(recalled.Entities);
            WakeNoted();
        });
        Receive<Terminated>(ended => _noted.IsKeptBy(ended.ActorRef), _ => LoseMemory());
        Receive<Passivate>(passivate => LetLeave(Sender, passivate.StopMessage));
        Receive<Terminated>(ended => Replace(ended.ActorRef));
        Receive<Look>(_ =>
        {
            TellProgress();
            TellAgain();
            WakeNoted();
        });
        Receive<Drain>(_ => BeginDraining());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IActorRef buffer, RunSettings settings, EngineEnvironment environment) =>
        Akka.Actor.Props.Create(() => new RunsActor(buffer, settings, environment)).WithDeploy(Deploy.Local);

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Look), new Look(), _look);
        DiskCall.Begin("runs", _mayHoldRuns).PipeTo(Self, success: mayHoldRuns => new LookedAtJournal(mayHoldRuns), failure: _ => new LookedAtJournal(true));
        if (_upkeep is not null)
        {
            // No run's actor can be called so.
            Context.ActorOf(RunUpkeepActor.Props(_upkeep).Beside(Context), "@upkeep");
        }
    }

    private void Take(IRunMessage message, IActorRef sender)
    {
        if (string.IsNullOrEmpty(message.EntityId))
        {
            Refuse(message, sender, "it names no run", isFinal: true);
        }
        else if (message is not RunBatch || _noted.Contains(message.EntityId))
        {
            Forward(message, sender);
        }
        else
        {
            if (_unnoted.Begin(message.EntityId))
            {
                _noted.Note(message.EntityId);
            }

            if (!_unnoted.TryAdd(message.EntityId, message, sender))
            {
                Refuse(message, sender, "too many batches wait until this run is remembered", isFinal: false);
            }
        }
    }

    private void Admit(string entity)
    {
        _noted.Admit(entity);
        foreach (var (message, sender) in _unnoted.End(entity) ?? [])
        {
            Forward(message, sender);
        }
    }

    // A run whose actor the journal ended, too: its lease must be watched again.
    private void WakeNoted()
    {
        foreach (var entity in _noted.All)
        {
            if (Context.Child(NameOf(entity)).IsNobody())
            {
                Forward(new WakeRun(entity), Self);
            }
        }
    }

    private void LoseMemory()
    {
        if (_noted.WasLost())
        {
            // The runs that were in hand have nobody else to watch their leases.
            Timers.StartSingleTimer(nameof(RecallAgain), new RecallAgain(), RunJournal.Rest);
        }

        RefuseAll(_unnoted.EndAll(), "the journal of runs could not note that the run is in hand");
    }

    private void Forward(IRunMessage message, IActorRef sender)
    {
        var child = Context.Child(NameOf(message.EntityId));
        if (child.IsNobody())
        {
            child = Start(message.EntityId);
        }

        if (!_leaving.AreFor(child))
        {
            child.Tell(message, sender);
        }
        else if (!_leaving.TryAdd(child, message, sender))
        {
            Refuse(message, sender, "too many messages wait for this run's next actor", isFinal: false);
        }
    }

    private IActorRef Start(string entity)
    {
        var child = Context.Watch(Context.ActorOf(_props(entity).Beside(Context), NameOf(entity)));
        _entities[child] = entity;
        return child;
    }

    private void LetLeave(IActorRef child, object stopMessage)
    {
        if (_entities.ContainsKey(child) && _leaving.Begin(child))
        {
            child.Tell(stopMessage);
        }
    }

    private void Replace(IActorRef ended)
    {
        _entities.Remove(ended, out var entity);
        if (_leaving.End(ended) is { } waiting)
        {
            if (waiting.Count == 0)
            {
                _noted.CrossOut(entity!);
            }

            foreach (var (message, sender) in waiting)
            {
                Forward(message, sender);
            }
        }
    }

    // A handle that is open keeps its run from being given up, however silent it is. What its actor is yet to hear must not count as having come:
    // a number is told at the look after it was given out, when the line that got it has long been handed on. Who is not in memory gives nobody up, and need not be begun for this:
    // a process may have ten thousand open handles.
    private void TellProgress()
    {
        var before = _lastSeen;
        _lastSeen = _openRuns().ToDictionary(run => run.RunId, run => run.LastSequence, StringComparer.Ordinal);
        foreach (var run in _lastSeen.Keys)
        {
            var child = Context.Child(NameOf(run));
            if (!child.IsNobody() && !_leaving.AreFor(child))
            {
                child.Tell(new RunProgress(run, _ownLines?.UnheardOf(run).Count > 0 ? 0 : before.GetValueOrDefault(run)));
            }
        }
    }

    // A run of this process says nothing twice: what its actor took along when it ended, the next one asks for.
    private void TellAgain()
    {
        foreach (var run in _ownLines?.ToldRuns() ?? [])
        {
            if (Context.Child(NameOf(run)).IsNobody())
            {
                Forward(new WakeRun(run), Self);
            }
        }

        if (_ownLines?.TakeLeftOut() is > 0 and var leftOut)
        {
            Context.GetLogger().Warning("{0} lines of this process's runs were left out of the journal of runs, for which too many wait. The event log has them.", leftOut);
        }
    }

    private void BeginDraining()
    {
        Timers.CancelAll();
        Become(Draining);
        RefuseAll(_unnoted.EndAll(), Ending);
        foreach (var child in _entities.Keys)
        {
            child.Tell(StopRun.Instance);
        }

        RefuseAll(_leaving.EndAll(), Ending);
        EndWhenEmpty();
    }

    private void Draining()
    {
        Receive<IRunMessage>(message => Refuse(message, Sender, Ending, isFinal: false));
        Receive<Terminated>(ended =>
        {
            _entities.Remove(ended.ActorRef);
            EndWhenEmpty();
        });
        ReceiveAny(_ => { });
    }

    private void EndWhenEmpty()
    {
        if (_entities.Count == 0)
        {
            Context.Stop(Self);
        }
    }

    private static void RefuseAll(IEnumerable<(IRunMessage Message, IActorRef Sender)> waiting, string why)
    {
        foreach (var (message, sender) in waiting)
        {
            Refuse(message, sender, why, isFinal: false);
        }
    }

    private static void Refuse(IRunMessage message, IActorRef sender, string why, bool isFinal)
    {
        if (message is RunBatch batch)
        {
            sender.Tell(new RunBatchRefused(batch.BatchId, why, isFinal ? null : TimeSpan.FromSeconds(1), isFinal));
        }
        else if (message is RunQuery && isFinal)
        {
            sender.Tell(new RunAnswer(message.EntityId, null));
        }
    }

    private static string NameOf(string entity) => Uri.EscapeDataString(entity);

    private sealed record Look : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;

    private sealed record RecallAgain : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;

    private sealed record LookedAtJournal(bool MayHoldRuns) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
