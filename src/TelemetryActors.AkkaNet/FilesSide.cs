using Akka.Actor;
using TelemetryActors.Delivery;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>What a sink's supervisor asks of the sink's files: to have the sink and still have it, to keep what a batch needs, to show a call that takes its time.</summary>
/// <remarks>Files on a disk that hangs are asked once: nothing piles up before them.</remarks>
internal sealed class FilesSide(SupervisorMemory memory)
{
    private IActorRef _files = ActorRefs.Nobody;
    private bool _isAsked;
    private bool _isShowing;

    /// <summary>The files' actor.</summary>
    public void Use(IActorRef files) => _files = files;

    public bool Is(IActorRef actor) => actor.Equals(_files);

    /// <summary>Takes the sink for this process, or looks whether it has it still. What was decided outlives who decided it: it is loaded once, and again when another process may have had the sink.</summary>
    public void AskForSink()
    {
        if (!_isAsked)
        {
            _isAsked = true;
            _files.Tell(memory.IsLoaded ? new Examine() : new Own());
        }
    }

    /// <summary>The sink keeps its accounts with its data: what it goes on from depends on both, and on its dead letters.</summary>
    public void Merge(SinkState kept, IReadOnlyList<SinkAccount> own) => _files.Tell(new Merge(kept, own));

    /// <summary>The sink was loaded: whether it is ours is asked as part of the question before.</summary>
    public void LookAtOnce() => _files.Tell(new Examine());

    /// <summary>Gives back the sink, which is disposed.</summary>
    public void LetGo() => _files.Tell(new LetGo());

    /// <summary>The question has its answer, or will have none.</summary>
    public void Answered() => _isAsked = false;

    /// <summary>A call may have taken its time by now, or hang: then it is shown to those who look from outside.</summary>
    public void ShowCall()
    {
        if (!_isShowing && (memory.Decisions.IsHanging || memory.Decisions.CallToShow is not null))
        {
            _isShowing = true;
            _files.Tell(new ShowCall());
        }
    }

    /// <summary>The call is shown, or the disk does not take it.</summary>
    public void CallShown() => _isShowing = false;

    /// <summary>The batch's bounds are to be kept before its first byte goes out.</summary>
    public void KeepBounds() => _files.Tell(new KeepBounds());

    /// <summary>The sink cannot say what it has: that is to be seen from outside.</summary>
    public void KeepLoadFault(string cause) => _files.Tell(new KeepLoadFault(cause));

    /// <summary>What became of a batch is to be kept.</summary>
    public void Settle() => _files.Tell(new Settle());

    /// <summary>The sink is given back.</summary>
    public void Close() => _files.Tell(new Close());
}
