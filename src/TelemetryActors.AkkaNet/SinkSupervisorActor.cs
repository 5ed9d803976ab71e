using Akka.Actor;
using Akka.Event;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>Supervises one sink: decides with the engines' shared <see cref="SinkSupervisor"/> what goes to it and when, and starts it anew with back-off.</summary>
/// <remarks>
/// Waiting (another process has the sink or may have it, or its state is being loaded) - Serving - Ending. The decisions are safe for use from several threads, because
/// the sink's files are written by a child and operators read the status from outside; what happens when is this actor's alone.
/// </remarks>
internal sealed class SinkSupervisorActor : ReceiveActor, IWithTimers
{
    private const string StartedAnew = "its supervisor was started anew";

    private readonly SinkSupervisor _decisions;
    private readonly SinkDefinition _definition;
    private readonly EngineEnvironment _environment;
    private readonly TimeSpan _heartbeat;
    private readonly SupervisorMemory _memory;
    private readonly StreamSide _stream;
    private readonly SinkSide _sink;
    private readonly RecurringFault _loadFault;
    private readonly FilesSide _files;
    private readonly CallSide _call;
    private SinkState _kept = SinkState.Fresh;
    private bool _isRestarting;
    private bool _isLost;
    private bool _owesLook;

    public SinkSupervisorActor(SupervisorMemory memory, SupervisionPolicy supervision, EngineEnvironment environment)
    {
        _memory = memory;
        _stream = memory.Stream;
        _decisions = memory.Decisions;
        _definition = _decisions.Definition;
        _environment = environment;
        _heartbeat = supervision.Heartbeat;
        _sink = new SinkSide(_decisions);
        _loadFault = new RecurringFault(_decisions.Fault);
        _files = new FilesSide(memory);
        _call = new CallSide(memory, _sink, _files, new ThrowLog(_definition.Name, Context.GetLogger()));
        Become(Waiting);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(SupervisorMemory memory, SupervisionPolicy supervision, EngineEnvironment environment) =>
        Akka.Actor.Props.Create(() => new SinkSupervisorActor(memory, supervision, environment)).WithDeploy(Deploy.Local);

    // A sink that threw is made anew; when is decided with the circuit, so its actor can be there at once. Any other fault is this house's own, and told by who is told of it.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(-1, -1, exception => exception is SinkFailedException ? Directive.Restart : Directive.Escalate, loggingEnabled: false);

    protected override void PreStart()
    {
        Open();
        Self.Tell(new Beat());
    }

    // Whatever ended the one before may end this one, too: it looks for the first time after a heartbeat.
    protected override void PostRestart(Exception reason) => Open();

    protected override void PreRestart(Exception reason, object message)
    {
        _isRestarting = true;
        base.PreRestart(reason, message);
    }

    // A call that is under way goes on without its actor: it is told to end, and who comes next waits for it.
    protected override void PostStop() => _decisions.GiveUpCall(_isRestarting ? StartedAnew : "its supervisor has ended");

    private void Open()
    {
        _files.Use(Context.Watch(Context.ActorOf(SinkFilesActor.Props(_memory).Beside(Context), "files")));
        Timers.StartPeriodicTimer(nameof(Beat), new Beat(), _heartbeat);
    }

    private void Waiting()
    {
        Receive<Beat>(_ =>
        {
            if (_memory.IsLoaded)
            {
                LookAtCall();
            }

            Prepare();
        });
        Receive<Elsewhere>(_ =>
        {
            Lose();
            EndIfDraining();
        });
        Receive<Owned>(_ => !_memory.IsLoaded, owned =>
        {
            _kept = owned.State;
            if (_definition.State == KeptState.Own)
            {
                _sink.AskForAccounts();
            }
            else
            {
                Load(owned.State);
            }
        });
        Receive<Discarded>(_ =>
        {
            _sink.Discarded();
            _files.LetGo();
        });
        Receive<WasLetGo>(_ =>
        {
            _files.Answered();
            EndIfDraining();
        });

        // Asked while this process had the sink before.
        Receive<AccountsLoaded>(_ => _sink.IsBeingDiscarded, _ => { });
        Receive<AccountsUnknown>(_ => _sink.IsBeingDiscarded, _ => { });
        Receive<BoundsFound>(_ => { });
        Receive<BoundsUnknown>(_ => { });
        Receive<AccountsLoaded>(_ => !_memory.IsLoaded, loaded => _files.Merge(_kept, loaded.Accounts));
        Receive<Merged>(_ => !_memory.IsLoaded, merged => Load(merged.State));
        Receive<AccountsUnknown>(unknown =>
        {
            _files.Answered();
            _sink.Answered();

            // Tried again at each heartbeat, told when it is another fault.
            _loadFault.TellAnother(unknown.Cause);
            _files.KeepLoadFault(unknown.Cause);
            _decisions.LoadFailed(unknown.Cause);
            EndIfDraining();
        });
        Receive<SinkFault>(fault => _decisions.Fault(fault.Cause));
        Receive<IdleWorkDone>(_ => _sink.IdleWorkDone());
        Receive<Examined>(_ =>
        {
            _files.Answered();
            if (!_sink.Actor.IsNobody())
            {
                Become(Serving);
                _stream.LookAgain();
            }
        });
        Receive<WhatNext>(asked =>
        {
            Hear(asked);
            _stream.Rest();
        });
        Receive<BatchRead>(_ => Sender.Tell(new BatchSettled()));
        Receive<Settled>(_ => { });
        Receive<CallShown>(_ => _files.CallShown());
        Receive<Look>(_ => { });
        Receive<Terminated>(ended => Lose(ended.ActorRef));
        Receive<Drain>(_ =>
        {
            // Its state may be on the way: it gets its last batch like the others.
            BeginDraining();
            Prepare();
        });
    }

    private void Serving()
    {
        Receive<WhatNext>(Plan);
        Receive<BatchRead>(Begin);
        Receive<ReadFailed>(failed => Fail(failed.Cause));
        Receive<BoundsKept>(_ => _call.Send());
        Receive<BoundsNotKept>(_ => _call.HandBack());
        Receive<CallEnded>(ended => _call.Complete(ended.Outcome, threw: false));
        Receive<SinkThrew>(threw => _call.Threw(threw.Cause));
        Receive<Settled>(_ => Settle());
        Receive<AccountsLoaded>(loaded => Hear(() => Reload(loaded.Accounts)));
        Receive<AccountsUnknown>(unknown => Hear(() => _decisions.ReloadFailed(unknown.Cause)));
        Receive<BoundsFound>(found => Hear(() => _decisions.BoundsFound(found.Question, found.Stored)));
        Receive<BoundsUnknown>(unknown => Hear(() => _decisions.BoundsUnknown(unknown.Question, unknown.Cause)));
        Receive<IdleWorkDone>(_ =>
        {
            _sink.IdleWorkDone();
            _stream.LookAgain();
        });
        Receive<Terminated>(ended => Lose(ended.ActorRef));
        Receive<SinkFault>(fault => _decisions.Fault(fault.Cause));
        Receive<Look>(_ => _stream.LookAgain());
        Receive<Beat>(_ =>
        {
            LookAtCall();
            _owesLook = true;
            LookAfter();
        });
        Receive<Examined>(_ =>
        {
            _files.Answered();
            _stream.LookAgain();
        });
        Receive<CallShown>(_ => _files.CallShown());
        Receive<Elsewhere>(_ => Lose());
        Receive<Drain>(_ =>
        {
            BeginDraining();
            _stream.LookAgain();
        });
    }

    private void Ending()
    {
        Receive<Terminated>(ended =>
        {
            if (ended.ActorRef.Equals(_sink.Actor))
            {
                _files.Close();
            }
            else
            {
                Context.Stop(Self);
            }
        });
        Receive<SinkFault>(fault => _decisions.Fault(fault.Cause));
        Receive<WhatNext>(asked => Sender.Tell(new NothingNow(asked.Number)));

        // What was asked before the end began is answered to nobody.
        Receive<Owned>(_ => { });
        Receive<AccountsLoaded>(_ => { });
        Receive<AccountsUnknown>(_ => { });
        Receive<Merged>(_ => { });
        Receive<BoundsFound>(_ => { });
        Receive<BoundsUnknown>(_ => { });
        Receive<Examined>(_ => { });
        Receive<Elsewhere>(_ => { });
        Receive<Discarded>(_ => { });
        Receive<WasLetGo>(_ => { });
        Receive<Settled>(_ => { });
        Receive<CallShown>(_ => { });
        Receive<IdleWorkDone>(_ => { });
        Receive<Look>(_ => { });
        Receive<Beat>(_ => { });
        Receive<Drain>(_ => { });
    }

    private void LookAtCall()
    {
        _decisions.Tick();
        _files.ShowCall();
    }

    private void BeginDraining()
    {
        _memory.Last.Ask(all: _definition.IsEventLog);
        _decisions.TryLast();
    }

    private void EndIfDraining()
    {
        if (_memory.Last.AreAsked)
        {
            End();
        }
    }

    private void Prepare()
    {
        if (TryStartSink())
        {
            _files.AskForSink();
        }
    }

    private void Load(SinkState state)
    {
        _loadFault.IsOver();
        _sink.Loaded();
        _decisions.Load(state);
        _memory.IsLoaded = true;
        _isLost = false;
        _files.LookAtOnce();
    }

    // What a heartbeat is for, between two calls: a sink that is never without one gets it, too.
    private void LookAfter()
    {
        if (_owesLook && !_stream.IsWaiting)
        {
            _owesLook = false;
            _sink.DoIdleWork();
            _files.AskForSink();
        }
    }

    private void Settle()
    {
        _stream.Settled();
        if (_isLost)
        {
            Lose();
        }
        else
        {
            LookAfter();
        }
    }

    // A batch that is being read or delivered is finished first, and the sink disposed before another process may have it. The files are asked for it again when all that is done.
    private void Lose()
    {
        _memory.IsLoaded = false;
        _isLost = _stream.IsWaiting || _stream.IsReading;
        if (_isLost)
        {
            return;
        }

        _decisions.SetElsewhere();
        Become(Waiting);
        if (!_sink.TryDiscard())
        {
            _files.Answered();
        }
    }

    private void Fail(string cause)
    {
        _stream.ReadEnded();
        _decisions.ReadFailed(cause);
        if (_isLost)
        {
            Lose();
        }
    }

    private void Plan(WhatNext asked)
    {
        Hear(asked);
        if (!_memory.IsLoaded)
        {
            _stream.Rest();
            return;
        }

        var plan = !_stream.IsWaiting && _memory.Last.MayBegin && _sink.TryPrepare() ? _decisions.TryBegin(asked.Tails, hurry: _memory.Last.AreInHurry || _definition.Hurry()) : null;
        if (plan is { } next)
        {
            _memory.Last.Count();
            _stream.Read(next);
            return;
        }

        _stream.Rest();
        if (!_stream.IsWaiting && !_sink.IsBusy && _memory.Last.AreAsked)
        {
            End();
        }
        else if (_decisions.NextDeadline is { } due)
        {
            Timers.StartSingleTimer(nameof(Look), new Look(), Wait(due));
        }
    }

    private void Hear(WhatNext asked)
    {
        if (!_stream.AskedBy(Sender, asked.Number))
        {
            Fail("the stream was run anew while a batch was being read");
        }
    }

    private void Hear(Action answer)
    {
        _sink.Answered();
        answer();
        _stream.LookAgain();
    }

    private void Reload(IReadOnlyList<SinkAccount> accounts)
    {
        _sink.Loaded();
        _decisions.Reload(accounts);
        _memory.Keeper.MadeAnew(_decisions.State);
    }

    private void Begin(BatchRead read)
    {
        _stream.ReadEnded();
        if (_isLost)
        {
            Sender.Tell(new BatchSettled());
            Fail("the sink was lost while a batch was being read, so it was not sent");
            return;
        }

        if (_decisions.Loaded(read.Plan, read.Read) is not { } planned)
        {
            Sender.Tell(new BatchSettled());
            return;
        }

        _stream.Wait(Sender);
        _call.Begin(planned, read.Lines);
    }

    private void Lose(IActorRef ended)
    {
        if (_files.Is(ended))
        {
            throw new InvalidOperationException("The actor of the sink's files was stopped.");
        }

        if (ended.Equals(_sink.Actor))
        {
            LoseSink();
        }
    }

    private void LoseSink()
    {
        _call.Lose();
        _sink.Use(ActorRefs.Nobody);
        _files.Answered();
        Become(Waiting);
    }

    private void End()
    {
        Timers.CancelAll();
        _decisions.EndFlushes();
        Become(Ending);
        if (_sink.Actor.IsNobody())
        {
            _files.Close();
        }
        else
        {
            _sink.Actor.Tell(new Close());
        }
    }

    // The sink before may still be busy, with lines that stand in the stage's buffer: nothing is read or sent before it has ended.
    private bool TryStartSink()
    {
        if (!_sink.Actor.IsNobody())
        {
            return true;
        }

        if (!_memory.Sink.IsOver)
        {
            return false;
        }

        if (_stream.IsReading)
        {
            _decisions.ReadFailed(StartedAnew);
        }
        else if (_decisions.Status.IsBusy)
        {
            _decisions.Complete(new SinkOutcome.Retry(StartedAnew), threw: false);
            _files.Settle();
        }

        _stream.Failed();
        var context = new SinkContext(_definition.Name, _environment.BaseDirectory, _environment.Time);
        _sink.Use(Context.Watch(Context.ActorOf(SinkActor.Props(_definition, context, _memory.Sink).Beside(Context), "sink")));
        return true;
    }

    // The heartbeat looks again anyway, so no timer is set further ahead.
    private TimeSpan Wait(DateTimeOffset due)
    {
        var wait = due - _environment.Time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < _heartbeat ? wait : _heartbeat;
    }

    private sealed record Beat : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;
}
