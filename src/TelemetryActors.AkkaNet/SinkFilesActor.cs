using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>A sink's files - lock, kept state, commands, dead letters - on the threads for files, so that a disk that hangs does not keep the supervisor from its clock.</summary>
[SuppressMessage("Design", "CA1001", Justification = "An actor gives back in PostStop what it holds.")]
internal sealed class SinkFilesActor : ReceiveActor
{
    private readonly SinkKeeper _keeper;
    private readonly SinkSupervisor _decisions;
    private readonly Func<IReadOnlyList<IEventSource>> _sources;
    private readonly byte[] _buffer = new byte[BatchReader.MaxEventBytes];
    private bool _isServing;

    public SinkFilesActor(SinkSupervisor decisions, EngineEnvironment environment)
    {
        _keeper = new SinkKeeper(decisions.Definition, environment, decisions);
        _decisions = decisions;
        _sources = environment.Sources;
        Receive<Own>(_ => Sender.Tell(_keeper.TryOwn() ? new Owned(_keeper.Load()) : (object)new Elsewhere()));
        Receive<Examine>(_ => Sender.Tell(TryExamine() ? new Examined() : (object)new Elsewhere()));
        Receive<KeepBounds>(_ =>
        {
            _keeper.Keep();
            Sender.Tell(new BoundsKept());
        });
        Receive<Settle>(_ =>
        {
            _keeper.Settle(SourceOf, _buffer);
            Sender.Tell(new Settled());
        });
        Receive<Close>(_ => Context.Stop(Self));
    }

    public static Props Props(SinkSupervisor decisions, EngineEnvironment environment) =>
        Akka.Actor.Props.Create(() => new SinkFilesActor(decisions, environment)).WithDispatcher(EngineSettings.FileDispatcher);

    // However it ends, what was decided is kept: who comes next goes on from it. Before the first look nothing was decided.
    protected override void PostStop()
    {
        if (_isServing)
        {
            _keeper.Settle(SourceOf, _buffer);
        }

        _keeper.Dispose();
    }

    private bool TryExamine()
    {
        _isServing = true;
        if (!_keeper.TryOwn())
        {
            return false;
        }

        if (_keeper.IsBehind || _decisions.UnwrittenLetters.Count > 0)
        {
            _keeper.Settle(SourceOf, _buffer);
        }

        _keeper.PollCommands();
        return true;
    }

    private IEventSource? SourceOf(int slot) => _sources().FirstOrDefault(source => source.Slot == slot);
}
