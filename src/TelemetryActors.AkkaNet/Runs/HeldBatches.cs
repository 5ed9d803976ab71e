using Akka.Actor;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>The batches that wait in an actor's stash behind the one under way: a bounded number, taken in order, refused together when that one was.</summary>
/// <param name="actor">Whose stash it is.</param>
/// <param name="most">How many may wait.</param>
internal sealed class HeldBatches(IActorStash actor, int most)
{
    private int _count;

    public bool IsEmpty => _count == 0;

    /// <summary>The batch that the actor is handling waits.</summary>
    /// <returns>False when too many do.</returns>
    public bool TryHold()
    {
        if (_count >= most)
        {
            return false;
        }

        _count++;
        actor.Stash.Stash();
        return true;
    }

    /// <summary>The oldest comes again, to be taken.</summary>
    public void TakeNext()
    {
        if (_count > 0)
        {
            _count--;
            actor.Stash.Unstash();
        }
    }

    /// <summary>All of them come again, to be refused one by one.</summary>
    public void LetAllCome() => actor.Stash.UnstashAll();

    /// <summary>One of them was refused.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool WasRefused() => --_count == 0;
}
