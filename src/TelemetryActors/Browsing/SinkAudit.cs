using TelemetryActors.Delivery;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Proves a sink's accounts from the files: they balance, its cursors stand where the log counts the same, its dead letters are there.</summary>
internal static class SinkAudit
{
    public static IReadOnlyList<string> Check(SinkOverview sink, IReadOnlyList<SlotLog> logs, IFileSystem files, string baseDirectory)
    {
        List<string> faults = [];
        if (sink.LoadFault is { } cause)
        {
            faults.Add($"{sink.Name} cannot say what it has, so nothing goes to it: {cause}");
        }

        foreach (var account in sink.Accounts)
        {
            if (!account.IsBalanced)
            {
                faults.Add(
                    $"{sink.Name}, slot {account.Slot}: accepted {account.Accepted} is not delivered {account.Delivered} + pending {account.Pending} "
                    + $"+ dropped {account.Dropped.Total} + dead {account.DeadLettered}");
            }

            if (logs.FirstOrDefault(log => log.Slot == account.Slot) is { } log && CursorFault(account, log) is { } fault)
            {
                faults.Add($"{sink.Name}, slot {account.Slot}: {fault}");
            }
        }

        faults.AddRange(NegativeCounts(sink));
        if (new LetterAudit(files, baseDirectory, sink.Name).Fault(sink) is { } letters)
        {
            faults.Add(letters);
        }

        return faults;
    }

    // What became of letters that were taken out is counted with the redeliveries, which alone may lower a count: a sum is never below zero.
    private static IEnumerable<string> NegativeCounts(SinkOverview sink) =>
    [
        .. NegativeCounts(sink.Name, sink.Accepted, sink.Delivered, sink.DeadLettered, sink.Dropped),
        .. sink.Accounts.Where(account => account.Slot != LaneId.NoSlot)
            .SelectMany(account => NegativeCounts($"{sink.Name}, slot {account.Slot}", account.Accepted, account.Delivered, account.DeadLettered, account.Dropped)),
    ];

    private static IEnumerable<string> NegativeCounts(string whose, long accepted, long delivered, long dead, DropCounts dropped)
    {
        (string Name, long Count)[] counts =
        [
            ("accepted", accepted), ("delivered", delivered), ("dead", dead), .. dropped.ByReason.Select(reason => ($"dropped ({reason.Key})", reason.Value)),
        ];
        return counts.Where(count => count.Count < 0).Select(count => $"{whose}: {count.Name} is {count.Count}: no count is below zero");
    }

    private static string? CursorFault(SinkAccount account, SlotLog log)
    {
        var cursor = account.Cursor;
        if (cursor.Stream != log.End.Stream || log.Files.Index.Find(cursor.Position) is not { } place || place.Stretch.IsGone)
        {
            return null;
        }

        var counted = LogAudit.OrdinalAt(log, place.Stretch, cursor.Position);
        var damaged = log.Damage.Where(damage => damage.Stretch == place.Stretch && damage.Before.Position < cursor.Position).Sum(damage => Math.Max(damage.Lost, damage.Ids));
        return cursor.Ordinal >= counted && cursor.Ordinal <= counted + damaged
            ? null
            : $"its cursor at position {cursor.Position} counts {cursor.Ordinal} events, {log.Folder.PathOf(place.Stretch.File)} counts {counted}";
    }
}
