using Akka.Actor;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Which runs of others the node's journal knows to be in hand, and who notes them there; that one ends when its journal fails, and is begun anew when it is needed.</summary>
/// <remarks>For the thread of the actor whose child it is.</remarks>
/// <param name="context">The parent's.</param>
/// <param name="memory">Makes who notes them.</param>
internal sealed class NotedRuns(IActorContext context, Props memory)
{
    // No run's actor can be called so: in their names this sign is escaped.
    private const string Name = "@remembered";

    private readonly HashSet<string> _noted = new(StringComparer.Ordinal);
    private IActorRef? _memory;
    private bool _awaitsRecall;
    private bool _isRecalled;

    /// <summary>The runs that are noted.</summary>
    public IReadOnlyCollection<string> All => _noted;

    public bool Contains(string entity) => _noted.Contains(entity);

    /// <summary>A run is to be noted; <see cref="RememberedRuns.Noted"/> says when it is.</summary>
    public void Note(string entity) => Memory().Tell(new RememberedRuns.Note(entity));

    /// <summary>A run was noted.</summary>
    public void Admit(string entity) => _noted.Add(entity);

    /// <summary>A run is in hand no longer.</summary>
    public void CrossOut(string entity)
    {
        if (_noted.Remove(entity))
        {
            Memory().Tell(new RememberedRuns.CrossOut(entity));
        }
    }

    /// <summary>Asks for the runs that were noted in a life before, unless there can be none.</summary>
    public void BeginRecall(bool mayHoldRuns)
    {
        if (mayHoldRuns && !_isRecalled)
        {
            _awaitsRecall = true;
            Memory();
        }
    }

    /// <summary>Asks once more.</summary>
    public void RecallAgain() => Memory();

    /// <summary>These were noted.</summary>
    public void Recall(IReadOnlyList<string> entities)
    {
        _isRecalled = true;
        _noted.UnionWith(entities);
    }

    /// <summary>Whether an actor is who notes them.</summary>
    public bool IsKeptBy(IActorRef actor) => actor.Equals(_memory);

    /// <summary>Who notes them has ended.</summary>
    /// <returns>Whether what it was asked to recall is to be asked for again.</returns>
    public bool WasLost()
    {
        _memory = null;
        return _awaitsRecall && !_isRecalled;
    }

    private IActorRef Memory() => _memory ??= context.Watch(context.ActorOf(memory.Beside(context), Name));
}
