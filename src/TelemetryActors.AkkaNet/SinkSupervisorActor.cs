using Akka.Actor;
using Akka.Event;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>Supervises one sink: decides with the engines' shared <see cref="SinkSupervisor"/> what goes to it and when, and starts it anew with back-off.</summary>
/// <remarks>
/// Waiting (another process has the sink, or its state is being loaded) - Serving - Ending. The decisions are safe for use from several threads, because
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
    private readonly ThrowLog _throws;
    private IActorRef _files = ActorRefs.Nobody;
    private Deliver? _call;
    private SinkState _kept = SinkState.Fresh;
    private bool _isRestarting;
    private bool _isAskingFiles;
    private bool _isShowing;
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
        _throws = new ThrowLog(_definition.Name, Context.GetLogger());
        Become(Waiting);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(SupervisorMemory memory, SupervisionPolicy supervision, EngineEnvironment environment) =>
        Akka.Actor.Props.Create(() => new SinkSupervisorActor(memory, supervision, environment));

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
        _files = Context.Watch(Context.ActorOf(SinkFilesActor.Props(_memory, _environment), "files"));
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
        Receive<AccountsLoaded>(_ => !_memory.IsLoaded, loaded => Load(_kept with { Accounts = OwnAccounts.ToGoOnFrom(_kept.Accounts, loaded.Accounts) }));
        Receive<AccountsUnknown>(unknown =>
        {
            _isAskingFiles = false;
            _sink.Answered();

            // Tried again at each heartbeat, told when it is another fault.
            _loadFault.TellAnother(unknown.Cause);
            EndIfDraining();
        });
        Receive<SinkFault>(fault => _decisions.Fault(fault.Cause));
        Receive<IdleWorkDone>(_ => _sink.IdleWorkDone());
        Receive<Examined>(_ =>
        {
            _isAskingFiles = false;
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
        Receive<CallShown>(_ => _isShowing = false);
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
        Receive<BoundsKept>(_ => Call());
        Receive<BoundsNotKept>(_ => HandBack());
        Receive<CallEnded>(ended => Complete(ended.Outcome, threw: false));
        Receive<SinkThrew>(threw => Threw(threw.Cause));
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
            _isAskingFiles = false;
            _stream.LookAgain();
        });
        Receive<CallShown>(_ => _isShowing = false);
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
                CloseFiles();
            }
            else
            {
                Context.Stop(Self);
            }
        });
        Receive<SinkFault>(fault => _decisions.Fault(fault.Cause));
        Receive<WhatNext>(asked => Sender.Tell(new NothingNow(asked.Number)));

        // What was asked before the end began is answered to nobody.
        Receive<Examined>(_ => { });
        Receive<Elsewhere>(_ => { });
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
        if (!_isShowing && (_decisions.IsHanging || _decisions.CallToShow is not null))
        {
            _isShowing = true;
            _files.Tell(new ShowCall());
        }
    }

    private void BeginDraining() => _memory.BatchesLeft = _definition.IsEventLog ? int.MaxValue : 1;

    private void EndIfDraining()
    {
        if (_memory.BatchesLeft is not null)
        {
            End();
        }
    }

    // What was decided outlives whoever decided it: it is loaded once, and again when another process may have had the sink.
    private void Prepare()
    {
        if (TryStartSink())
        {
            AskFiles(_memory.IsLoaded ? new Examine() : new Own());
        }
    }

    private void AskFiles(object how)
    {
        if (!_isAskingFiles)
        {
            _isAskingFiles = true;
            _files.Tell(how);
        }
    }

    private void Load(SinkState state)
    {
        _loadFault.IsOver();
        _sink.Loaded();
        _decisions.Load(state);
        _memory.IsLoaded = true;
        _isLost = false;
        _files.Tell(new Examine());
    }

    // What a heartbeat is for, between two calls: a sink that is never without one gets it, too.
    private void LookAfter()
    {
        if (_owesLook && !_stream.IsWaiting)
        {
            _owesLook = false;
            _sink.DoIdleWork();
            AskFiles(new Examine());
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

    // A call that is under way is finished first.
    private void Lose()
    {
        _isAskingFiles = false;
        _memory.IsLoaded = false;
        _isLost = _stream.IsWaiting;
        if (!_isLost)
        {
            _stream.ReadEnded();
            _decisions.SetElsewhere();
            Become(Waiting);
        }
    }

    private void Plan(WhatNext asked)
    {
        Hear(asked);
        var plan = !_stream.IsWaiting && _memory.BatchesLeft != 0 && _sink.TryPrepare() ? _decisions.TryBegin(asked.Tails, hurry: _memory.BatchesLeft > 0 || _definition.Hurry()) : null;
        if (plan is { } next)
        {
            _memory.BatchesLeft -= _memory.BatchesLeft == int.MaxValue ? 0 : 1;
            _stream.Read(next);
            return;
        }

        _stream.Rest();
        if (!_stream.IsWaiting && !_sink.IsBusy && _memory.BatchesLeft is not null)
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
            _decisions.ReadFailed("the stream was run anew while a batch was being read");
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
    }

    private void Begin(BatchRead read)
    {
        _stream.ReadEnded();
        if (_decisions.Loaded(read.Plan, read.Read) is not { } planned)
        {
            Sender.Tell(new BatchSettled());
            return;
        }

        _stream.Wait(Sender);
        _call = new Deliver(planned.Of(read.Lines), _decisions.CallToken);
        if (_definition.Policy.KeepsBoundsFirst)
        {
            _files.Tell(new KeepBounds());
        }
        else
        {
            Call();
        }
    }

    private void Call()
    {
        if (_call is not null)
        {
            _decisions.Sent();
            _sink.Actor.Tell(_call);
        }
    }

    private void HandBack()
    {
        _call = null;
        _decisions.HandBack("what the batch holds could not be kept before it was sent, so it was not sent");
        _files.Tell(new Settle());
    }

    private void Fail(string cause)
    {
        _stream.ReadEnded();
        _decisions.ReadFailed(cause);
    }

    private void Threw(Exception cause)
    {
        _throws.Tell(cause);
        _sink.WasMadeAnew();
        Complete(new SinkOutcome.Retry($"{cause.GetType().Name}: {cause.Message}"), threw: true);
    }

    private void Complete(SinkOutcome outcome, bool threw)
    {
        _call = null;
        _decisions.Complete(outcome, threw);
        _files.Tell(new Settle());
    }

    private void Lose(IActorRef ended)
    {
        if (ended.Equals(_files))
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
        _decisions.GiveUpCall("the sink's actor was stopped");
        _sink.Use(ActorRefs.Nobody);
        _call = null;
        _isAskingFiles = false;
        Become(Waiting);
    }

    private void End()
    {
        Timers.CancelAll();
        _decisions.EndFlushes();
        Become(Ending);
        if (_sink.Actor.IsNobody())
        {
            CloseFiles();
        }
        else
        {
            _sink.Actor.Tell(new Close());
        }
    }

    private void CloseFiles() => _files.Tell(new Close());

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
            _files.Tell(new Settle());
        }

        _stream.Failed(StartedAnew);
        var context = new SinkContext(_definition.Name, _environment.BaseDirectory, _environment.Time);
        _sink.Use(Context.Watch(Context.ActorOf(SinkActor.Props(_definition, context, _memory.Sink), "sink")));
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
