using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>Collects what happens under a supervisor's lock, to be raised after it.</summary>
internal sealed class TransitionOutbox(string sink, Action<SinkTransition> raise)
{
    private readonly List<SinkTransition> _waiting = [];

    /// <summary>What the listener threw last; null when nothing.</summary>
    public Exception? LastListenerError { get; private set; }

    /// <summary>Called under the supervisor's lock.</summary>
    public void Add(SinkTransitionKind kind, DateTimeOffset at, string? cause, long events = 0, DateTimeOffset? openUntil = null) =>
        _waiting.Add(new SinkTransition(sink, kind, at, cause, events, openUntil));

    /// <summary>Called under the supervisor's lock.</summary>
    public IReadOnlyList<SinkTransition> Take()
    {
        if (_waiting.Count == 0)
        {
            return [];
        }

        SinkTransition[] taken = [.. _waiting];
        _waiting.Clear();
        return taken;
    }

    /// <summary>Called outside the supervisor's lock; commands that are carried out hold the lock of the sink's files meanwhile. What the listener throws ends nothing here: a pipeline thread must not die of it.</summary>
    public void Raise(IReadOnlyList<SinkTransition> transitions)
    {
        foreach (var transition in transitions)
        {
            try
            {
                raise(transition);
            }
            catch (Exception exception)
            {
                LastListenerError = exception;
            }
        }
    }
}
