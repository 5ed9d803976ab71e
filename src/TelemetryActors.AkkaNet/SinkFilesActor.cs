using Akka.Actor;
using Akka.Event;
using TelemetryActors.Engine;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>A sink's files - lock, kept state, commands, dead letters - on a thread of their own, so that a disk that hangs keeps neither the supervisor from its clock nor the system from its end.</summary>
/// <remarks>However it ends, what was decided is kept by its thread: who comes next, in this process or another one, goes on from it. One that hangs then ends with the process.</remarks>
internal sealed class SinkFilesActor : ReceiveActor
{
    private readonly WorkThread _thread;

    // The thread's alone.
    private readonly SinkKeeper _keeper;
    private readonly SinkSupervisor _decisions;
    private bool _isServing;

    public SinkFilesActor(SupervisorMemory memory)
    {
        var self = Self;
        _keeper = memory.Keeper;
        _decisions = memory.Decisions;
        _thread = new WorkThread($"{_decisions.Definition.Name} files", memory.Files, thrown => self.Tell(new Broke(thrown), self));
        Receive<Own>(_ => Answer(() => _keeper.TryOwn() && _keeper.Load() is { } state ? new Owned(state) : new Elsewhere()));
        Receive<Merge>(merge => Answer(() => GoOnFrom(merge)));
        Receive<Examine>(_ => Answer(() => TryExamine() ? new Examined() : new Elsewhere()));
        Receive<LetGo>(_ => Answer(() =>
        {
            _keeper.LetGo();
            return new WasLetGo();
        }));
        Receive<KeepBounds>(_ => Answer(() => _keeper.Keep() ? new BoundsKept() : new BoundsNotKept()));
        Receive<KeepLoadFault>(fault => _thread.Do(() => _keeper.KeepLoadFault(fault.Cause)));
        Receive<Settle>(_ => Answer(() =>
        {
            _keeper.Keep();
            return new Settled();
        }));
        Receive<ShowCall>(_ => Answer(() =>
        {
            _keeper.ShowCall();
            return new CallShown();
        }));
        Receive<Broke>(broke => throw new InvalidOperationException($"The files of a sink: {broke.Cause.Message}", broke.Cause));
        Receive<Close>(_ => _thread.End(KeepAll, () => self.Tell(new Left(), self)));
        Receive<Left>(_ => Context.Stop(Self));
    }

    public static Props Props(SupervisorMemory memory) => Akka.Actor.Props.Create(() => new SinkFilesActor(memory)).WithDeploy(Deploy.Local);

    protected override void PostStop() => _thread.End(KeepAll, () => { });

    private void Answer(Func<object> work)
    {
        var (asker, self) = (Sender, Self);
        _thread.Do(() => asker.Tell(work(), self));
    }

    private object GoOnFrom(Merge merge)
    {
        try
        {
            return new Merged(_keeper.WithOwn(merge.Kept, merge.Own));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new AccountsUnknown($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    // Before the first look nothing was decided.
    private void KeepAll()
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

    // From the thread: a fault of this house's own.
    private sealed record Broke(Exception Cause) : IDeadLetterSuppression, INoSerializationVerificationNeeded;

    private sealed record Left : IDeadLetterSuppression, INoSerializationVerificationNeeded;
}
