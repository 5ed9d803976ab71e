using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;

namespace TelemetryActors.Browsing;

/// <summary>Finds what a slot's files do not hold, nor its ring, and why: an anchor says it, retention, a file that somebody deleted - or nothing does, and that is a fault.</summary>
/// <remarks>
/// Files may overlap: what was written twice is looked at once, in the order of positions. What the ring holds is looked at as the stretch that it
/// will be in a file, so that the account is the same before the next start and after it.
/// </remarks>
internal sealed class LogLosses
{
    private readonly SlotLog _log;
    private readonly List<LogStretch> _gone;
    private readonly List<LogLoss> _found = [];
    private readonly LogStretch? _inRing;
    private readonly HashSet<LogDamage> _told = [];

    private LogLosses(SlotLog log)
    {
        _log = log;
        _gone = [.. (log.State?.Stretches ?? []).Where(known => known.IsGone || log.Folder.Files.Identify(log.Folder.PathOf(known.File)) is null)];
        LogStretch? reach = null;
        foreach (var stretch in log.Files.Index.Stretches.Where(stretch => !stretch.IsGone).OrderBy(stretch => stretch.Start.Position))
        {
            LookAt(stretch, reach);
            reach = reach is null || stretch.EndPosition > reach.EndPosition ? stretch : reach;
        }

        _inRing = log.InRing;
        if (_inRing is null)
        {
            LookBehind(reach);
        }
        else
        {
            LookAt(_inRing, reach);
        }

        LookInside();
    }

    private long RetainedFrom => _log.State?.RetainedFrom ?? 0;

    public static IReadOnlyList<LogLoss> Of(SlotLog log) => new LogLosses(log)._found;

    private void LookAt(LogStretch stretch, LogStretch? reach)
    {
        if (reach is null)
        {
            LookBefore(stretch);
        }
        else
        {
            LookBetween(reach, stretch);
        }
    }

    // What is missing at the beginning went with whole files, whoever removed them: no fault of a writer takes them from there.
    private void LookBefore(LogStretch first)
    {
        var begin = new Cursor(first.Start.Stream, RetainedFrom, 0);
        var missing = Explain(first, begin);
        Add(
            first.Start.Position <= RetainedFrom ? DropReason.BacklogLimit : DropReason.Missing,
            begin,
            missing,
            first.Start.Position <= RetainedFrom
                ? $"retention removed the first {missing} events of slot {_log.Slot}"
                : $"{Place(first)}: the {missing} events before it are in no file here: deleted, or recorded while log.file named another");
        NoteJump(begin, first.Start, Place(first));
    }

    // Where nothing is missing that anybody could count, the jump alone tells of a ring that was lost.
    private void NoteJump(Cursor from, Cursor to, string place)
    {
        if (to.Ordinal == from.Ordinal && to.Position > from.Position)
        {
            _found.Add(new LogLoss(DropReason.InDoubt, from, to, $"{place}: positions go on after a jump; what a lost ring held there is in doubt", IsFault: false));
        }
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
                DropReason.None, reach.End, reach.End, $"{Place(reach)}: it holds {-missing} events more than the anchor of {next.File} at offset {next.Offset} says", IsFault: !isJump));
        }
        else if (missing == 0 && jump > 0)
        {
            NoteJump(reach.End with { Ordinal = known }, next.Start, Place(next));
        }
        else
        {
            var from = new Cursor(next.Start.Stream, Math.Min(reach.EndPosition, next.Start.Position), known);
            LookFor(Explain(next, from), from, reach, next);
        }
    }

    private void LookFor(long missing, Cursor from, LogStretch reach, LogStretch next)
    {
        if (next.Start.Position <= RetainedFrom)
        {
            Add(DropReason.BacklogLimit, from, missing, $"retention removed {missing} events before {Place(next)}");
        }
        else if (_gone.Exists(gone => gone.Start.Position < next.Start.Position && gone.EndPosition > reach.EndPosition))
        {
            Add(DropReason.Missing, from, missing, $"{Place(next)}: {missing} events before it are gone with a file that was deleted or cut, or stand in one that log.file named");
        }
        else
        {
            Add(DropReason.Missing, from, missing, Damaged(reach, missing) ?? $"{Place(next)}: {missing} events before it are missing", isFault: true);
        }
    }

    private void LookBehind(LogStretch? last)
    {
        var end = last?.End ?? new Cursor(_log.Files.Stream, RetainedFrom, 0);
        var missing = _log.LastOrdinal - end.Ordinal;
        if (_log.State?.UntoldGap is { } gap)
        {
            missing = Explain(gap, end, end with { Ordinal = _log.LastOrdinal }, $"behind position {end.Position} of slot {_log.Slot}");
        }

        if (missing <= 0)
        {
            // Somebody has begun behind a lost ring, and nothing stands there yet.
            if (_log.State is { } state && state.Stream == end.Stream && state.End.Position - end.Position >= PositionJump.Step / 2)
            {
                NoteJump(end, end with { Position = state.End.Position }, $"behind position {end.Position} of slot {_log.Slot}");
            }

            return;
        }

        var file = last?.File ?? "the log";
        if (_gone.Exists(gone => gone.EndPosition > end.Position))
        {
            Add(DropReason.Missing, end, missing, $"{missing} events behind position {end.Position} of slot {_log.Slot} are gone with a file that was deleted or cut, or stand in one that log.file named");
        }
        else
        {
            Add(DropReason.Missing, end, missing, Damaged(last, missing) ?? $"{file} of slot {_log.Slot} ends at position {end.Position}: {missing} events behind it are missing", isFault: true);
        }
    }

    // What stands where a stretch ends, and is missing there, was lost where its lines are no events any more: it is named once.
    private string? Damaged(LogStretch? stretch, long missing) =>
        missing > 0 && _log.Damage.FirstOrDefault(damage => damage.Stretch == stretch && damage is { Ids: > 0, Lost: 0 }) is { } damage && _told.Add(damage)
            ? damage.TextOf(missing)
            : null;

    private void LookInside()
    {
        foreach (var damage in _log.Damage.Where(damage => !_told.Contains(damage)))
        {
            _found.Add(new LogLoss(
                damage.Lost > 0 ? DropReason.Missing : DropReason.None,
                damage.Before,
                damage.Before with { Position = damage.Before.Position + damage.Bytes, Ordinal = damage.Before.Ordinal + damage.Lost },
                damage.TextOf(damage.Lost),
                IsFault: damage is { Lost: > 0 } or { Ids: > 0 }));
        }
    }

    // What the anchor says of the events before it; what is left over has another reason.
    private long Explain(LogStretch next, Cursor from) =>
        next.Gap is { } gap ? Explain(gap, from, next.Start, next == _inRing ? $"behind position {from.Position} of slot {_log.Slot}" : $"before {Place(next)}", next == _inRing)
        : next.Start.Ordinal - from.Ordinal;

    // What the ring alone knows is not written down yet: until it is, it is a fault.
    private long Explain(LogGap gap, Cursor begin, Cursor to, string place, bool isInRing = false)
    {
        var missing = to.Ordinal - begin.Ordinal;
        var explained = Math.Clamp(gap.Gone, 0, Math.Max(missing, 0));
        var isFault = isInRing && gap.Reason == DropReason.Overwritten;
        var text = gap.Reason == DropReason.Overwritten
            ? $"{explained} events {place} were overwritten in the ring while the log could not be written"
            : $"{explained} events {place} are in doubt: the ring that held them was lost";
        Add(gap.Reason, begin with { Ordinal = to.Ordinal - explained }, explained, isFault ? $"{text}; {_log.Ring!.NextWriter} writes that down" : text, isFault, to.Position);
        return missing - explained;
    }

    private void Add(DropReason reason, Cursor begin, long count, string text, bool isFault = false, long? toPosition = null)
    {
        if (count > 0)
        {
            _found.Add(new LogLoss(reason, begin, begin with { Position = toPosition ?? begin.Position, Ordinal = begin.Ordinal + count }, text, isFault));
        }
    }

    private string Place(LogStretch stretch) => stretch == _inRing
        ? $"the ring {stretch.File}, position {stretch.Start.Position}"
        : $"{_log.Folder.PathOf(stretch.File)} at offset {stretch.Offset}, position {stretch.Start.Position}";
}
