using TelemetryActors.Delivery;

namespace TelemetryActors.Browsing;

/// <summary>Tells of sinks that have counted more events of a writer slot than its log and its ring hold: no other look sees that they are in no log.</summary>
/// <param name="lookAgain">Reads a slot's log and ring anew: a sink that works meanwhile is beyond what was read before it.</param>
internal sealed class CursorsAhead(Func<int, (SlotLog? Log, SlotRing? Ring)> lookAgain)
{
    // A log whose ring nobody else sees is behind its sinks for a moment, again and again.
    private const int MostLooks = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <param name="sinks">The sinks.</param>
    /// <param name="logs">The logs with their rings, read before the sinks.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="notes">Takes what may be right: a living writer's ring cannot be looked at.</param>
    public void Look(IReadOnlyList<SinkOverview> sinks, IReadOnlyList<SlotLog> logs, ICollection<string> faults, ICollection<string> notes)
    {
        foreach (var (sink, account) in sinks.SelectMany(sink => sink.Accounts.Select(account => (sink.Name, account))))
        {
            var (log, ring) = (logs.FirstOrDefault(log => log.Slot == account.Slot), default(SlotRing));
            for (var looks = 0; looks < MostLooks && Ahead(account, log) > 0; looks++)
            {
                Wait(looks);
                (log, ring) = lookAgain(account.Slot);
            }

            // Of a ring that is lost is told what sinks have counted of it.
            if (Ahead(account, log) is > 0 and var events && ring is not { Condition: RingCondition.Lost })
            {
                (ring is { Rest: not null } || (ring is null && log is { Files.IsClean: true }) ? faults : notes).Add(
                    $"{sink}, slot {account.Slot}: its cursor counts {account.Cursor.Ordinal} events, and the slot's log ends at {End(log!)}: {events} events that it has settled are in no log");
            }
        }
    }

    private static void Wait(int looks)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(looks == 0 ? TimeSpan.Zero : Pause);
    }

    private static long Ahead(SinkAccount account, SlotLog? log) => log is not null && account.Cursor.Stream == log.Tail.Stream ? account.Cursor.Ordinal - End(log) : 0;

    private static long End(SlotLog log) => Math.Max(log.Tail.Ordinal, log.LastOrdinal);
}
