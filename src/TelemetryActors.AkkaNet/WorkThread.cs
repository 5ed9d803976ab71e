using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace TelemetryActors.AkkaNet;

/// <summary>A background thread that does in turn what an actor may not wait for - a sink's code, a disk - so that no dispatcher and no end of an actor system does.</summary>
/// <remarks>One actor uses it. It begins with the first work; work that hangs holds what comes behind it.</remarks>
/// <param name="name">What the thread is called.</param>
/// <param name="life">Until when it is busy.</param>
/// <param name="onThrown">Takes what work has thrown, on the thread.</param>
[SuppressMessage("Design", "CA1001", Justification = "Nobody waits for its work through a handle of the system's.")]
internal sealed class WorkThread(string name, ThreadLife life, Action<Exception> onThrown)
{
    private readonly BlockingCollection<Action> _work = [];
    private Action? _last;
    private Action? _then;

    /// <summary>Whether there was work.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Does something after what is under way; nothing once the thread was told to end.</summary>
    public void Do(Action work)
    {
        if (_work.IsAddingCompleted)
        {
            return;
        }

        if (!HasBegun)
        {
            HasBegun = true;
            life.Begin();
            Begin();
        }

        _work.Add(work);
    }

    /// <summary>Ends the thread when all that is under way has ended. Said again, it changes nothing.</summary>
    /// <param name="last">Done as the last work, when the thread has begun.</param>
    /// <param name="then">Called on the thread when it is busy no more, or at once when it never began.</param>
    public void End(Action last, Action then)
    {
        if (_work.IsAddingCompleted)
        {
            return;
        }

        (_last, _then) = (last, then);
        _work.CompleteAdding();
        if (!HasBegun)
        {
            then();
        }
    }

    // A system that gives no thread now may give one later, to the next actor.
    private void Begin()
    {
        try
        {
            new Thread(Run) { IsBackground = true, Name = $"telemetry {name}" }.Start();
        }
        catch (OutOfMemoryException)
        {
            _work.CompleteAdding();
            life.End();
            throw;
        }
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            Guarded(work);
        }

        if (_last is not null)
        {
            Guarded(_last);
        }

        life.End();
        _then?.Invoke();
    }

    // A thread that ends by what is thrown would take the host with it.
    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception)
        {
            onThrown(exception);
        }
    }
}
