using Akka.Actor;
using TelemetryActors.Engine;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>A sink's files - lock, kept state, commands, dead letters - on the threads for files, so that a disk that hangs does not keep the supervisor from its clock.</summary>
internal sealed class SinkFilesActor : ReceiveActor
{
    private readonly SinkKeeper _keeper;
    private readonly SinkSupervisor _decisions;
    private bool _isServing;

    public SinkFilesActor(SinkSupervisor decisions, SinkKeeper keeper)
    {
        _keeper = keeper;
        _decisions = decisions;
        Receive<Own>(_ => Sender.Tell(_keeper.TryOwn() && _keeper.Load() is { } state ? new Owned(state) : (object)new Elsewhere()));
        Receive<Examine>(_ => Sender.Tell(TryExamine() ? new Examined() : (object)new Elsewhere()));
        Receive<KeepBounds>(_ =>
        {
            Sender.Tell(_keeper.Keep() ? new BoundsKept() : (object)new BoundsNotKept());
        });
        Receive<Settle>(_ =>
        {
            _keeper.Keep();
            Sender.Tell(new Settled());
        });
        Receive<ShowCall>(_ =>
        {
            _keeper.ShowCall();
            Sender.Tell(new CallShown());
        });
        Receive<Close>(_ => Context.Stop(Self));
    }

    public static Props Props(SinkSupervisor decisions, SinkKeeper keeper) =>
        Akka.Actor.Props.Create(() => new SinkFilesActor(decisions, keeper)).WithDispatcher(EngineSettings.FileDispatcher);

    // However it ends, what was decided is kept: who comes next goes on from it. Before the first look nothing was decided.
    protected override void PostStop()
    {
        if (_isServing)
        {
            _keeper.Keep();
        }
    }

    private bool TryExamine()
    {
        if (!_keeper.TryOwn() || !_keeper.IsLoaded)
        {
            return false;
        }

        _isServing = true;

        if (_keeper.IsBehind || _decisions.UnwrittenLetters.Count > 0)
        {
            _keeper.Keep();
        }

        _keeper.PollCommands();
        return true;
    }
}
