using Akka.Actor;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>What a run's actor waits for by the clock: the end of its run's lease, or of its own time in memory; an append that takes too long; the next try of an end that was refused.</summary>
/// <param name="actor">Whose timers they are.</param>
/// <param name="settings">How long each takes.</param>
internal sealed class RunTimers(IWithTimers actor, RunSettings settings)
{
    private const string LeaseKey = "lease";
    private const string IdleKey = "idle";
    private const string OverdueKey = "overdue";

    private int _refusedEnds;

    /// <summary>Something was heard of the run. Running: <see cref="LeaseOver"/> when it is silent beyond its lease. Otherwise: <see cref="IdleOver"/> when nobody speaks of it.</summary>
    public void AwaitNext(bool isRunning)
    {
        actor.Timers.Cancel(IdleKey);
        if (isRunning)
        {
            actor.Timers.StartSingleTimer(LeaseKey, LeaseOver.Instance, settings.Lease);
        }
        else
        {
            actor.Timers.Cancel(LeaseKey);
            actor.Timers.StartSingleTimer(IdleKey, IdleOver.Instance, settings.Idle);
        }
    }

    /// <summary>An append is under way: <see cref="AppendOverdue"/> when it takes too long.</summary>
    public void BeginAppend(long appendId) => actor.Timers.StartSingleTimer(OverdueKey, new AppendOverdue(appendId), settings.AppendTimeout);

    /// <summary>The append has its answer.</summary>
    public void EndAppend() => actor.Timers.Cancel(OverdueKey);

    /// <summary>The answer was that the lines are fsynced: an end that is refused later is tried again soon.</summary>
    public void EndsAreTaken() => _refusedEnds = 0;

    /// <summary>The lease is over, but the run cannot be ended before what is under way.</summary>
    public void PutOffEnd() => AwaitEnd(settings.RetryAfter);

    /// <summary>The run's end was refused. It is tried again, not after another lease: who runs it has been silent for long enough.</summary>
    /// <remarks>After twice as long each time, for a node may refuse for hours, and at most a lease.</remarks>
    public void TryEndAgain()
    {
        var wait = settings.RetryAfter * Math.Pow(2, Math.Min(_refusedEnds++, 20));
        AwaitEnd(wait < settings.Lease ? wait : settings.Lease);
    }

    /// <summary>Nothing is waited for any more.</summary>
    public void Stop() => actor.Timers.CancelAll();

    private void AwaitEnd(TimeSpan wait) => actor.Timers.StartSingleTimer(LeaseKey, LeaseOver.Instance, wait);

    /// <summary>Nothing was heard of the run for its lease.</summary>
    internal sealed class LeaseOver : INotInfluenceReceiveTimeout
    {
        public static readonly LeaseOver Instance = new();
    }

    /// <summary>Nobody spoke of a run that is not running.</summary>
    internal sealed class IdleOver : INotInfluenceReceiveTimeout
    {
        public static readonly IdleOver Instance = new();
    }

    /// <summary>The buffer did not answer.</summary>
    internal sealed record AppendOverdue(long AppendId) : INotInfluenceReceiveTimeout;
}
