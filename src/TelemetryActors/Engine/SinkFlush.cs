using TelemetryActors.Delivery;
using TelemetryActors.Events;

namespace TelemetryActors.Engine;

/// <summary>A flush to sinks, the same for every engine.</summary>
internal static class SinkFlush
{
    /// <summary>Sends what is there to the named sinks, or to all when none is named.</summary>
    /// <param name="engine">Runs the sinks; what is in its process's own stream now is what is waited for.</param>
    /// <param name="sinks">The names.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <returns>
    /// True when everything accepted before the call is settled: taken, a dead letter, or held back by the sink's privacy policy. False when time is over, a sink is open, paused or elsewhere, may
    /// not send it now, has discarded something during the call, or none has a name that was given.
    /// </returns>
    public static async Task<bool> FlushAsync(this IPipelineEngine engine, IReadOnlyCollection<string> sinks, TimeSpan timeout)
    {
        var own = engine.Environment.Sources()[0];
        var isKnown = sinks.All(name => engine.Supervisors.Any(supervisor => supervisor.Definition.Name == name));
        var chosen = engine.Supervisors.Where(supervisor => sinks.Count == 0 || sinks.Contains(supervisor.Definition.Name)).ToList();
        var discarded = chosen.Sum(Discarded);
        var flushes = chosen.Select(supervisor => supervisor.FlushAsync([new SlotTail(own.Slot, own.Tail)], timeout)).ToList();
        chosen.ForEach(supervisor => engine.Wake(supervisor.Definition.Name));
        var reached = await Task.WhenAll(flushes).ConfigureAwait(false);
        return reached.All(isReached => isReached) && isKnown && chosen.Sum(Discarded) == discarded;
    }

    private static long Discarded(SinkSupervisor supervisor) => supervisor.Status.Accounts.Sum(account => account.Dropped[DropReason.Discarded]);
}
