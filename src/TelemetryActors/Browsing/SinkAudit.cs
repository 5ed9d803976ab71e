using TelemetryActors.Delivery;
using TelemetryActors.Engine;
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

        var path = SinkPaths.DeadLetters(baseDirectory, sink.Name);
        var letters = CountLines(files, path);
        if (letters < sink.DeadLettered)
        {
            faults.Add($"{path} holds {letters} dead letters, {sink.DeadLettered} were counted");
        }

        return faults;
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

    private static long CountLines(IFileSystem files, string path)
    {
        if (files.Identify(path) is not { } there)
        {
            return 0;
        }

        using var file = files.Open(path, writable: false);
        using var reader = new ForwardLineReader(file, 0, there.Length);
        var lines = 0L;
        while (reader.TryRead(out _))
        {
            lines++;
        }

        return lines;
    }
}
