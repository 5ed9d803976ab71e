using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Slots;

namespace TelemetryActors.Browsing;

/// <summary>Finds what a slot's files do not hold, and why: an anchor says it, retention, a file that somebody deleted - or nothing does, and that is a fault.</summary>
/// <remarks>Files may overlap: what was written twice is looked at once, in the order of positions.</remarks>
internal sealed class LogLosses
{
    private readonly SlotLog _log;
    private readonly List<LogStretch> _gone;
    private readonly List<LogLoss> _found = [];

    private LogLosses(SlotLog log)
    {
        _log = log;
        _gone = [.. (log.State?.Stretches ?? []).Where(known => known.IsGone || log.Folder.Files.Identify(log.Folder.PathOf(known.File)) is null)];
        LogStretch? reach = null;
        foreach (var stretch in log.Files.Index.Stretches.Where(stretch => !stretch.IsGone).OrderBy(stretch => stretch.Start.Position))
        {
            if (reach is null)
            {
                LookBefore(stretch);
            }
            else
            {
                LookBetween(reach, stretch);
            }

            reach = reach is null || stretch.EndPosition > reach.EndPosition ? stretch : reach;
        }

        LookBehind(reach);
    }

    private long RetainedFrom => _log.State?.RetainedFrom ?? 0;

    public static IReadOnlyList<LogLoss> Of(SlotLog log) => new LogLosses(log)._found;

    // What is missing at the beginning went with whole files, whoever removed them: no fault of a writer takes them from there.
    private void LookBefore(LogStretch first)
    {
        var missing = Explain(first, first.Start.Ordinal);
        Add(
            first.Start.Position <= RetainedFrom ? DropReason.BacklogLimit : DropReason.Missing,
            missing,
            first.Start.Position <= RetainedFrom
                ? $"retention removed the first {missing} events of slot {_log.Slot}"
                : $"{Place(first)}: the {missing} events before it are in no file here: deleted, or recorded while log.file named another");
    }

    private void LookBetween(LogStretch reach, LogStretch next)
    {
        var known = LogAudit.OrdinalAt(_log, reach, Math.Min(next.Start.Position, reach.EndPosition));
        var missing = next.Start.Ordinal - known;
        var jump = next.Start.Position - reach.EndPosition;
        if (missing < 0)
        {
            var isJump = jump >= PositionJump.Step / 2;
            _found.Add(new LogLoss(
                DropReason.None, 0, $"{Place(reach)}: it holds {-missing} events more than the anchor of {next.File} at offset {next.Offset} says", IsFault: !isJump));
        }
        else if (missing == 0 && jump > 0)
        {
            _found.Add(new LogLoss(DropReason.InDoubt, 0, $"{Place(next)}: positions go on after a jump; what a lost ring held there is in doubt", IsFault: false));
        }
        else
        {
            LookFor(Explain(next, missing), reach, next);
        }
    }

    private void LookFor(long missing, LogStretch reach, LogStretch next)
    {
        if (next.Start.Position <= RetainedFrom)
        {
            Add(DropReason.BacklogLimit, missing, $"retention removed {missing} events before {Place(next)}");
        }
        else if (_gone.Exists(gone => gone.Start.Position < next.Start.Position && gone.EndPosition > reach.EndPosition))
        {
            Add(DropReason.Missing, missing, $"{Place(next)}: {missing} events before it are gone with a file that was deleted or cut, or stand in one that log.file named");
        }
        else
        {
            Add(DropReason.Missing, missing, $"{Place(next)}: {missing} events before it are missing", isFault: true);
        }
    }

    private void LookBehind(LogStretch? last)
    {
        var end = last?.End ?? new Pipeline.Cursor(_log.Files.Stream, RetainedFrom, 0);
        var missing = _log.LastOrdinal - end.Ordinal;
        if (_log.State?.UntoldGap is { } gap)
        {
            missing = Explain(gap, missing, $"behind position {end.Position} of slot {_log.Slot}");
        }

        if (missing <= 0)
        {
            return;
        }

        var file = last?.File ?? "the log";
        if (_gone.Exists(gone => gone.EndPosition > end.Position))
        {
            Add(DropReason.Missing, missing, $"{missing} events behind position {end.Position} of slot {_log.Slot} are gone with a file that was deleted or cut, or stand in one that log.file named");
        }
        else
        {
            Add(DropReason.Missing, missing, $"{file} of slot {_log.Slot} ends at position {end.Position}: {missing} events behind it are missing", isFault: true);
        }
    }

    // What the anchor says of the events before it; what is left over has another reason.
    private long Explain(LogStretch next, long missing) => next.Gap is { } gap ? Explain(gap, missing, $"before {Place(next)}") : missing;

    private long Explain(LogGap gap, long missing, string place)
    {
        var explained = Math.Min(missing, gap.Gone);
        Add(gap.Reason, explained, gap.Reason == DropReason.Overwritten
            ? $"{explained} events {place} were overwritten in the ring while the log could not be written"
            : $"{explained} events {place} are in doubt: the ring that held them was lost");
        return missing - Math.Max(explained, 0);
    }

    private void Add(DropReason reason, long count, string text, bool isFault = false)
    {
        if (count > 0)
        {
            _found.Add(new LogLoss(reason, count, text, isFault));
        }
    }

    private string Place(LogStretch stretch) =>
        $"{_log.Folder.PathOf(stretch.File)} at offset {stretch.Offset}, position {stretch.Start.Position}";
}
