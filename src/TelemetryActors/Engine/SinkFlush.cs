using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>A flush to sinks, the same for every engine.</summary>
internal static class SinkFlush
{
    /// <summary>Sends what is there to the named sinks, or to all when none is named.</summary>
    /// <param name="all">Every sink's supervisor.</param>
    /// <param name="sinks">The names.</param>
    /// <param name="own">This process's own stream: what is in it now is what is waited for.</param>
    /// <param name="wake">Lets a sink look again now.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="time">The clock.</param>
    /// <returns>True when everything accepted before the call is settled; false when time is over a sink is open, paused or elsewhere, or none has a name.</returns>
    public static async Task<bool> RunAsync(
        IEnumerable<SinkSupervisor> all, IReadOnlyCollection<string> sinks, IEventSource own, Action<string> wake, TimeSpan timeout, TimeProvider time)
    {
        var named = all.ToList();
        var isKnown = sinks.All(name => named.Exists(supervisor => supervisor.Definition.Name == name));
        var chosen = named.Where(supervisor => sinks.Count == 0 || sinks.Contains(supervisor.Definition.Name)).ToList();
        var flushes = chosen.Select(supervisor => supervisor.FlushAsync([new SlotTail(own.Slot, own.Tail)])).ToList();
        chosen.ForEach(supervisor => wake(supervisor.Definition.Name));
        try
        {
            return (await Task.WhenAll(flushes).WaitAsync(timeout, time)).All(reached => reached) && isKnown;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
