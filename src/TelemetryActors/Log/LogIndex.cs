using System.Collections.Immutable;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Log;

/// <summary>Which stretch of which file holds a position: a cache of the anchors, in the order in which they were written.</summary>
/// <param name="Stretches">Oldest first. Where two cover a position the later one holds it.</param>
/// <param name="RetainedFrom">Positions below were removed by retention.</param>
internal sealed record LogIndex(ImmutableArray<LogStretch> Stretches, long RetainedFrom)
{
    public static LogIndex Empty { get; } = new([], 0);

    /// <summary>The stretch that was written last.</summary>
    public LogStretch? Last => Stretches.IsEmpty ? null : Stretches[^1];

    /// <summary>The stretch that reaches furthest.</summary>
    public LogStretch? Furthest
    {
        get
        {
            // A loop, because this is asked for at a start: what LINQ needs for it would have to be compiled then.
            LogStretch? furthest = null;
            foreach (var stretch in Stretches)
            {
                furthest = furthest is null || stretch.EndPosition > furthest.EndPosition ? stretch : furthest;
            }

            return furthest;
        }
    }

    /// <summary>The stretch that begins first.</summary>
    public LogStretch? Oldest => Stretches.MinBy(stretch => stretch.Start.Position);

    /// <summary>The stretch that holds a position, and how far it may be read before a later one takes over.</summary>
    public (LogStretch Stretch, long ReadableTo)? Find(long position)
    {
        var limit = long.MaxValue;
        for (var i = Stretches.Length - 1; i >= 0; i--)
        {
            var stretch = Stretches[i];
            if (position >= stretch.Start.Position && position < stretch.EndPosition)
            {
                return (stretch, Math.Min(stretch.EndPosition, limit));
            }

            if (stretch.Start.Position > position)
            {
                limit = Math.Min(limit, stretch.Start.Position);
            }
        }

        return null;
    }

    /// <summary>The stretch with the lowest start above a position.</summary>
    public LogStretch? NextAfter(long position) =>
        Stretches.Where(stretch => stretch.Length > 0 && stretch.Start.Position > position).MinBy(stretch => stretch.Start.Position);

    /// <summary>Where an anchor begins that is none yet: what this process's log appends to what it has found; null for whoever only reads.</summary>
    public Cursor? GoesOnAt { get; init; }

    /// <summary>What the next anchor says of ordinals, at a position or behind whatever is missing there: no event before it has a higher one. 0 when none follows.</summary>
    public long OrdinalFrom(Cursor place)
    {
        var next = GoesOnAt is { } begin && begin.Position >= place.Position ? begin : default(Cursor?);
        foreach (var stretch in Stretches)
        {
            if (stretch.Start.Stream == place.Stream && stretch.Start.Position >= place.Position && !(stretch.Start.Position >= next?.Position))
            {
                next = stretch.Start;
            }
        }

        return next?.Ordinal ?? 0;
    }

    /// <summary>Positions that no file holds, ascending, up to where the stretch that reaches furthest ends or the ring begins.</summary>
    /// <param name="ring">The oldest position that the ring holds; 0 without one.</param>
    /// <returns>Null when there are none.</returns>
    public IReadOnlyList<PositionGap>? Gaps(long ring = 0)
    {
        List<PositionGap>? gaps = null;
        var reach = 0L;
        foreach (var stretch in Stretches.Where(stretch => !stretch.IsGone).OrderBy(stretch => stretch.Start.Position))
        {
            AddTo(ref gaps, reach, stretch.Start.Position);
            reach = Math.Max(reach, stretch.EndPosition);
        }

        AddTo(ref gaps, reach, ring);
        return gaps;
    }

    public LogIndex Add(LogStretch stretch) => this with { Stretches = Stretches.Add(stretch) };

    /// <summary>A file is gone, and another may get its name: whatever else holds its positions holds them now.</summary>
    public LogIndex WithGone(string file) => Stretches.Any(stretch => stretch.File == file)
        ? this with
        {
            Stretches = [.. Stretches.Where(stretch => stretch.File == file).Select(stretch => stretch.Gone()), .. Stretches.Where(stretch => stretch.File != file)],
        }
        : this;

    /// <summary>Forgets a file all of which stands in another one.</summary>
    public LogIndex Without(string file) => this with { Stretches = Stretches.RemoveAll(stretch => stretch.File == file) };

    /// <summary>Forgets a file that retention removed, and what is gone and older.</summary>
    public LogIndex WithoutFile(string file)
    {
        var removedTo = Stretches.Where(stretch => stretch.File == file).Select(stretch => stretch.EndPosition).DefaultIfEmpty(RetainedFrom).Max();
        removedTo = Math.Max(RetainedFrom, removedTo);
        return this with
        {
            Stretches = Stretches.RemoveAll(stretch => stretch.File == file || (stretch.IsGone && stretch.EndPosition <= removedTo)),
            RetainedFrom = removedTo,
        };
    }

    private static void AddTo(ref List<PositionGap>? gaps, long from, long to)
    {
        if (to > from)
        {
            (gaps ??= []).Add(new PositionGap(from, to));
        }
    }
}
