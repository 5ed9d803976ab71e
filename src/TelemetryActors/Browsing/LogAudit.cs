using TelemetryActors.Log;

namespace TelemetryActors.Browsing;

/// <summary>Proves the slots' logs from their files: every event between the stream's first and last ordinal is there once, or something says why not.</summary>
internal static class LogAudit
{
    public static IReadOnlyList<SlotFinding> Check(IReadOnlyList<SlotLog> logs) => Examine(logs).Findings;

    /// <summary>The same, and the logs with what reading all of their files has shown.</summary>
    public static (IReadOnlyList<SlotLog> Logs, IReadOnlyList<SlotFinding> Findings) Examine(IReadOnlyList<SlotLog> logs)
    {
        var ids = logs.Select(IdAudit.Read).ToList();
        List<SlotLog> read = [.. logs.Zip(ids, (log, own) => log with { Damage = own.DamageBeside(ids) })];
        return (read, [.. read.Zip(ids, (log, own) => Check(log, own.FaultsBeside(ids)))]);
    }

    /// <summary>The ordinal at a position of a stretch, by counting its lines up to there.</summary>
    public static long OrdinalAt(SlotLog log, LogStretch stretch, long position)
    {
        if (position >= stretch.EndPosition)
        {
            return stretch.End.Ordinal;
        }

        using var file = log.Folder.Files.OpenPlain(log.Folder.PathOf(stretch.File), writable: false);
        using var reader = new ForwardLineReader(file, stretch.Offset, stretch.Offset + position - stretch.Start.Position);
        var ordinal = stretch.Start.Ordinal;
        while (reader.TryRead(out var line))
        {
            ordinal += LogAnchor.LooksLikeEvent(line.Span) ? 1 : 0;
        }

        return ordinal;
    }

    private static SlotFinding Check(SlotLog log, IReadOnlyList<string> idFaults)
    {
        var losses = LogLosses.Of(log);
        List<string> notes = [.. losses.Where(loss => !loss.IsFault).Select(loss => loss.Text)];
        if (log.Files.TornBytes > 0 && log.Files.Index.Last is { IsGone: false } last)
        {
            notes.Add($"{last.File} ends with {log.Files.TornBytes} bytes of a line that is not whole, at offset {log.Files.TornFrom}");
        }

        if (log.InDoubt is > 0 and var inDoubt)
        {
            notes.Add($"slot {log.Slot}: {inDoubt} events are in doubt: an fsync failed, and nothing held them any more to write them again");
        }

        return new SlotFinding(
            log.Slot,
            log.Files.Stream,
            log.End,
            (log.InRing?.Start.Ordinal ?? log.LastOrdinal) - losses.Sum(loss => loss.Count),
            [.. losses.Where(loss => loss.IsFault).Select(loss => loss.Text), .. idFaults],
            notes)
        {
            MayHaveLostMore = losses.Any(loss => loss.MayHaveLostMore),
        };
    }
}
