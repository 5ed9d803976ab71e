using Akka.Actor;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Messages that wait until a run's actor can have them: in order, and a bounded number for each of whom they wait for.</summary>
/// <param name="most">How many wait for one.</param>
internal sealed class WaitingMessages<TKey>(int most)
    where TKey : notnull
{
    private readonly Dictionary<TKey, Queue<(IRunMessage Message, IActorRef Sender)>> _waiting = [];

    /// <summary>From now on messages wait for it.</summary>
    /// <returns>False when they did already.</returns>
    public bool Begin(TKey key) => _waiting.TryAdd(key, []);

    /// <summary>Whether messages wait for it.</summary>
    public bool AreFor(TKey key) => _waiting.ContainsKey(key);

    /// <summary>One more waits.</summary>
    /// <returns>False when too many do.</returns>
    public bool TryAdd(TKey key, IRunMessage message, IActorRef sender)
    {
        var waiting = _waiting[key];
        if (waiting.Count >= most)
        {
            return false;
        }

        waiting.Enqueue((message, sender));
        return true;
    }

    /// <summary>Nothing waits for it any more.</summary>
    /// <returns>What waited; null when nothing was to wait.</returns>
    public IReadOnlyCollection<(IRunMessage Message, IActorRef Sender)>? End(TKey key) => _waiting.Remove(key, out var waiting) ? waiting : null;

    /// <summary>Nothing waits any more.</summary>
    /// <returns>All that waited.</returns>
    public IReadOnlyList<(IRunMessage Message, IActorRef Sender)> EndAll()
    {
        List<(IRunMessage, IActorRef)> all = [.. _waiting.Values.SelectMany(waiting => waiting)];
        _waiting.Clear();
        return all;
    }
}
