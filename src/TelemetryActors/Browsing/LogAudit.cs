using TelemetryActors.Log;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Browsing;

/// <summary>Proves the slots' logs from their files: every event between the stream's first and last ordinal is there or was removed by retention.</summary>
internal static class LogAudit
{
    public static IReadOnlyList<SlotFinding> Check(IReadOnlyList<SlotLog> logs)
    {
        var ids = logs.Select(IdAudit.Read).ToList();
        return [.. logs.Zip(ids, (log, own) => Check(log, own.FaultsBeside(ids), own.Notes))];
    }

    private static SlotFinding Check(SlotLog log, IReadOnlyList<string> idFaults, IReadOnlyList<string> idNotes)
    {
        List<string> faults = [];
        List<string> notes = [];
        // What the state knows and no file holds any more is told as what is missing before and behind the stretches that are there.
        var stretches = log.Files.Index.Stretches.RemoveAll(stretch => stretch.IsGone);
        var retainedFrom = log.State?.RetainedFrom ?? 0;
        if (!stretches.IsEmpty)
        {
            CheckBeginning(log, stretches[0], retainedFrom, faults, notes);
        }

        for (var i = 1; i < stretches.Length; i++)
        {
            CheckJoint(log, stretches[i - 1], stretches[i], retainedFrom, faults, notes);
        }

        CheckEnd(log, faults);
        if (log.Files.TornBytes > 0 && log.Files.Index.Last is { IsGone: false } last)
        {
            notes.Add($"{last.File} ends with {log.Files.TornBytes} bytes of a line that is not whole, at offset {log.Files.TornFrom}");
        }

        faults.AddRange(idFaults);
        notes.AddRange(idNotes);
        return new SlotFinding(log.Slot, log.Files.Stream, log.End, stretches.Sum(stretch => stretch.Count), faults, notes);
    }

    /// <summary>Events of the stream, up to its end, that no file holds.</summary>
    public static long CountMissing(SlotLog log)
    {
        var stretches = log.Files.Index.Stretches.RemoveAll(stretch => stretch.IsGone);
        if (stretches.IsEmpty)
        {
            return log.End.Ordinal;
        }

        var missing = stretches[0].Start.Ordinal + Math.Max(log.End.Ordinal - stretches[^1].End.Ordinal, 0);
        for (var i = 1; i < stretches.Length; i++)
        {
            var (before, after) = (stretches[i - 1], stretches[i]);
            missing += Math.Max(after.Start.Ordinal - OrdinalAt(log, before, Math.Min(after.Start.Position, before.EndPosition)), 0);
        }

        return missing;
    }

    private static void CheckBeginning(SlotLog log, LogStretch first, long retainedFrom, List<string> faults, List<string> notes)
    {
        if (first.Start.Ordinal == 0)
        {
            return;
        }

        if (first.Start.Position <= retainedFrom)
        {
            notes.Add($"retention removed the first {first.Start.Ordinal} events of slot {log.Slot}");
        }
        else
        {
            faults.Add($"{Place(log, first)}: {first.Start.Ordinal} events before it are missing");
        }
    }

    private static void CheckJoint(SlotLog log, LogStretch before, LogStretch after, long retainedFrom, List<string> faults, List<string> notes)
    {
        var known = OrdinalAt(log, before, Math.Min(after.Start.Position, before.EndPosition));
        var missing = after.Start.Ordinal - known;
        if (missing == 0)
        {
            if (after.Start.Position > before.EndPosition)
            {
                notes.Add($"{Place(log, after)}: positions go on after a jump; what a lost ring held there is in doubt");
            }
        }
        else if (missing > 0 && after.Start.Position <= retainedFrom)
        {
            notes.Add($"retention removed {missing} events before {Place(log, after)}");
        }
        else
        {
            faults.Add(missing > 0
                ? $"{Place(log, after)}: {missing} events before it are missing"
                : $"{Place(log, before)}: it holds {-missing} events more than the anchor of {after.File} at offset {after.Offset} says");
        }
    }

    private static void CheckEnd(SlotLog log, List<string> faults)
    {
        if (log.State is not { } state || state.Stream != log.Files.Stream)
        {
            return;
        }

        var last = log.Files.Index.Stretches.LastOrDefault(stretch => !stretch.IsGone);
        var end = last?.End ?? new Cursor(state.Stream, state.RetainedFrom, 0);
        var missing = state.End.Ordinal - end.Ordinal;
        if (missing > 0)
        {
            var file = last?.File ?? state.Stretches.Select(stretch => stretch.File).LastOrDefault() ?? "the log";
            faults.Add($"{file} of slot {log.Slot} ends at position {end.Position}: {missing} events behind it are missing");
        }
    }

    /// <summary>The ordinal at a position of a stretch, by counting its lines up to there.</summary>
    public static long OrdinalAt(SlotLog log, LogStretch stretch, long position)
    {
        if (position >= stretch.EndPosition)
        {
            return stretch.End.Ordinal;
        }

        using var file = log.Folder.Files.Open(log.Folder.PathOf(stretch.File), writable: false);
        using var reader = new ForwardLineReader(file, stretch.Offset, stretch.Offset + position - stretch.Start.Position);
        var ordinal = stretch.Start.Ordinal;
        while (reader.TryRead(out var line))
        {
            ordinal += LogAnchor.LooksLikeEvent(line.Span) ? 1 : 0;
        }

        return ordinal;
    }

    private static string Place(SlotLog log, LogStretch stretch) =>
        $"{log.Folder.PathOf(stretch.File)} at offset {stretch.Offset}, position {stretch.Start.Position}";
}
