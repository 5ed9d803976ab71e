using Akka.Actor;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>What a sink's supervisor asks of the sink's actor beside deliveries: what it keeps now that it was made anew, what bounds it has, its idle work.</summary>
/// <remarks>A sink that hangs is asked once: nothing piles up in its actor's mailbox.</remarks>
internal sealed class SinkSide(SinkSupervisor decisions)
{
    // A sink that keeps its accounts may have lost its data with what made it throw. The event log's are its slot's.
    private readonly bool _mayForget = decisions.Definition is { State: KeptState.Own, IsEventLog: false };
    private IActorRef _sink = ActorRefs.Nobody;
    private bool _isMadeAnew;
    private bool _isAsked;
    private bool _isIdling;

    /// <summary>Whether the sink is being disposed as this process may not have it any more: what it answers until then is nobody's.</summary>
    public bool IsBeingDiscarded { get; private set; }

    /// <summary>Whether something else than a delivery is under way that may change what is to be delivered: an answer is awaited, or idle work goes on.</summary>
    public bool IsBusy => _isAsked || _isIdling;

    /// <summary>Deliveries go to it.</summary>
    public IActorRef Actor => _sink;

    /// <summary>The sink's actor, the first or another one.</summary>
    public void Use(IActorRef sink)
    {
        _sink = sink;
        _isMadeAnew = _mayForget;
        _isIdling = false;
        _isAsked = false;
        IsBeingDiscarded = false;
    }

    /// <summary>Disposes the sink, after what is under way; the next use makes another.</summary>
    /// <returns>False when nobody has it here.</returns>
    public bool TryDiscard()
    {
        if (_sink.IsNobody())
        {
            return false;
        }

        IsBeingDiscarded = true;
        _sink.Tell(new Discard());
        return true;
    }

    /// <summary>The sink is disposed.</summary>
    public void Discarded()
    {
        IsBeingDiscarded = false;
        _isAsked = false;
    }

    /// <summary>The sink threw, and the next use makes another.</summary>
    public void WasMadeAnew() => _isMadeAnew = _mayForget;

    /// <summary>The first accounts: before anything is planned.</summary>
    public void AskForAccounts() => Ask(new LoadAccounts());

    /// <summary>The accounts have come, or there are none to come.</summary>
    public void Loaded()
    {
        _isMadeAnew = false;
        _isAsked = false;
    }

    /// <summary>The question has its answer; what was asked may have to be asked again.</summary>
    public void Answered() => _isAsked = false;

    /// <summary>Asks what must be known before a batch is planned: after a throw what the sink has, before a replay what it has of that time, so that it makes no doubles.</summary>
    /// <returns>False while an answer is awaited, while idle work may change what is there to be sent, or while a sink that threw may not be made anew yet.</returns>
    public bool TryPrepare()
    {
        if (IsBusy)
        {
            return false;
        }

        if (_isMadeAnew)
        {
            if (decisions.MayMakeAnew)
            {
                AskForAccounts();
            }

            return false;
        }

        if (decisions.BoundsWanted is not { } question)
        {
            return true;
        }

        Ask(new FindBounds(question));
        return false;
    }

    /// <summary>A heartbeat has passed, and no call is under way.</summary>
    public void DoIdleWork()
    {
        if (!_isIdling && decisions.WhyHeld is null)
        {
            _isIdling = true;
            _sink.Tell(new DoIdleWork());
        }
    }

    /// <summary>The idle work is done.</summary>
    public void IdleWorkDone() => _isIdling = false;

    private void Ask(object question)
    {
        _isAsked = true;
        _sink.Tell(question);
    }
}
