using Akka.Actor;
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
    private readonly SinkSupervisor _decisions;
    private readonly SinkDefinition _definition;
    private readonly EngineEnvironment _environment;
    private readonly TimeSpan _heartbeat;
    private readonly StreamSide _stream = new();
    private IActorRef _files = ActorRefs.Nobody;
    private IActorRef _sink = ActorRefs.Nobody;
    private Deliver? _call;
    private SinkState _kept = SinkState.Fresh;
    private bool _isFinding;
    private bool _isAskingFiles;
    private int? _batchesLeft;

    public SinkSupervisorActor(SinkSupervisor decisions, SupervisionPolicy supervision, EngineEnvironment environment)
    {
        _decisions = decisions;
        _definition = decisions.Definition;
        _environment = environment;
        _heartbeat = supervision.Heartbeat;
        Become(Waiting);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(SinkSupervisor decisions, SupervisionPolicy supervision, EngineEnvironment environment) =>
        Akka.Actor.Props.Create(() => new SinkSupervisorActor(decisions, supervision, environment));

    // A sink that threw is made anew; when is decided with the circuit, so its actor can be there at once. Any other fault is this house's own.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(exception => exception is SinkFailedException ? Threw(exception) : Directive.Escalate);

    protected override void PreStart()
    {
        if (_decisions.Status.IsBusy)
        {
            _decisions.Complete(new SinkOutcome.Retry("its supervisor was started anew"), threw: false);
        }

        _files = Context.ActorOf(SinkFilesActor.Props(_decisions, _environment), "files");
        _sink = StartSink();
        Timers.StartPeriodicTimer(nameof(Beat), new Beat(), _heartbeat);
        Self.Tell(new Beat());
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _stream.Failed(reason);
        base.PreRestart(reason, message);
    }

    protected override void PostStop() => _decisions.EndFlushes();

    private void Waiting()
    {
        Receive<Beat>(_ => AskFiles(new Own()));
        Receive<Elsewhere>(_ =>
        {
            Lose();
            EndIfDraining();
        });
        Receive<Owned>(owned =>
        {
            _kept = owned.State;
            if (_definition.State == KeptState.Own)
            {
                _sink.Tell(new LoadAccounts());
            }
            else
            {
                Load(owned.State);
            }
        });
        Receive<AccountsLoaded>(loaded => Load(_kept with { Accounts = loaded.Accounts }));
        Receive<SinkFault>(fault =>
        {
            _isAskingFiles = false;
            _decisions.Fault(fault.Cause);
            EndIfDraining();
        });
        Receive<Examined>(_ =>
        {
            _isAskingFiles = false;
            Become(Serving);
            _stream.LookAgain();
        });
        Receive<WhatNext>(_ =>
        {
            _stream.AskedBy(Sender);
            _stream.Rest();
        });
        Receive<BatchRead>(_ => Sender.Tell(new BatchSettled()));
        Receive<Terminated>(_ => _sink = StartSink());
        Receive<Drain>(_ =>
        {
            // Its state may be on the way: it gets its last batch like the others.
            BeginDraining();
            AskFiles(new Own());
        });
    }

    private void Serving()
    {
        Receive<WhatNext>(asked => Plan(asked.Tails));
        Receive<BatchRead>(Begin);
        Receive<ReadFailed>(failed => Fail(failed.Cause));
        Receive<BoundsKept>(_ => Call());
        Receive<BoundsNotKept>(_ => HandBack());
        Receive<CallEnded>(ended => Complete(ended.Outcome, threw: false));
        Receive<Settled>(_ => _stream.Settled());
        Receive<BoundsFound>(found => EndFinding(() => _decisions.BoundsFound(found.Stored)));
        Receive<BoundsUnknown>(unknown => EndFinding(() => _decisions.BoundsUnknown(unknown.Cause)));
        Receive<Terminated>(_ => ReplaceSink());
        Receive<SinkFault>(fault => _decisions.Fault(fault.Cause));
        Receive<Look>(_ => _stream.LookAgain());
        Receive<Beat>(_ =>
        {
            _decisions.Tick();
            if (!_stream.IsWaiting)
            {
                AskFiles(new Examine());
            }
        });
        Receive<Examined>(_ =>
        {
            _isAskingFiles = false;
            _stream.LookAgain();
        });
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
            if (ended.ActorRef.Equals(_sink))
            {
                Context.Watch(_files).Tell(new Close());
            }
            else
            {
                Context.Stop(Self);
            }
        });
        Receive<SinkFault>(fault => _decisions.Fault(fault.Cause));
        Receive<WhatNext>(_ => Sender.Tell(new NothingNow()));
    }

    private void BeginDraining() => _batchesLeft = _definition.IsEventLog ? int.MaxValue : 1;

    private void EndIfDraining()
    {
        if (_batchesLeft is not null)
        {
            End();
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
        _decisions.Load(state);
        _files.Tell(new Examine());
    }

    // A call that is under way is finished first; the next look sees again who has the sink.
    private void Lose()
    {
        _isAskingFiles = false;
        if (!_stream.IsWaiting)
        {
            _stream.ReadEnded();
            _decisions.SetElsewhere();
            Become(Waiting);
        }
    }

    private void Plan(SlotTail[] tails)
    {
        if (!_stream.AskedBy(Sender))
        {
            _decisions.ReadFailed("the stream was run anew while a batch was being read");
        }

        FindBounds();
        var plan = !_stream.IsWaiting && !_isFinding && _batchesLeft != 0 ? _decisions.TryBegin(tails, hurry: _batchesLeft > 0 || _definition.Hurry()) : null;
        if (plan is { } next)
        {
            _batchesLeft -= _batchesLeft == int.MaxValue ? 0 : 1;
            _stream.Read(next);
            return;
        }

        _stream.Rest();
        if (!_stream.IsWaiting && _batchesLeft is not null)
        {
            End();
        }
        else if (_decisions.NextDeadline is { } due)
        {
            Timers.StartSingleTimer(nameof(Look), new Look(), Wait(due));
        }
    }

    // Before a replay goes on, the sink is asked what it has of that time already, so that it makes no doubles.
    private void FindBounds()
    {
        if (!_isFinding && !_stream.IsWaiting && _decisions.BoundsWanted is { } time)
        {
            _isFinding = true;
            _sink.Tell(new FindBounds(time));
        }
    }

    private void EndFinding(Action tell)
    {
        _isFinding = false;
        tell();
        _stream.LookAgain();
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
            _sink.Tell(_call);
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

    private Directive Threw(Exception exception)
    {
        var cause = exception.InnerException ?? exception;
        Complete(new SinkOutcome.Retry($"{cause.GetType().Name}: {cause.Message}"), threw: true);
        return Directive.Restart;
    }

    private void Complete(SinkOutcome outcome, bool threw)
    {
        _call = null;
        _decisions.Complete(outcome, threw);
        _files.Tell(new Settle());
    }

    private void ReplaceSink()
    {
        _sink = StartSink();
        _isFinding = false;
        if (_call is not null)
        {
            Complete(new SinkOutcome.Retry("the sink's actor was stopped"), threw: true);
        }
    }

    private void End()
    {
        Timers.CancelAll();
        _decisions.EndFlushes();
        Become(Ending);
        _sink.Tell(new Close());
    }

    private IActorRef StartSink() => Context.Watch(Context.ActorOf(
        SinkActor.Props(_definition, new SinkContext(_definition.Name, _environment.BaseDirectory, _environment.Time)), "sink"));

    // The heartbeat looks again anyway, so no timer is set further ahead.
    private TimeSpan Wait(DateTimeOffset due)
    {
        var wait = due - _environment.Time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < _heartbeat ? wait : _heartbeat;
    }

    private sealed record Beat : INotInfluenceReceiveTimeout;
}
