using System.Globalization;
using TelemetryActors.Encoding;

namespace TelemetryActors.Runs;

/// <summary>Tells lines of one run that come a second time.</summary>
/// <remarks>
/// A line with a number in the run is a duplicate when that number has come: it is not above the highest so far, and in none of the gaps below that. A run that
/// went on in another writer slot may be read from there first. At most <see cref="MostGaps"/> are remembered, the highest. A line without a number is known by its
/// id, among the last <see cref="WindowIds"/> of such lines. A line with neither is never a duplicate.
/// </remarks>
internal sealed class SeenLines
{
    public const int WindowIds = 64;
    public const int MostGaps = 64;

    // Among the ids in a record a gap is told by this; no id that this product gives begins so.
    private const string GapMark = "gap:";

    private readonly Queue<string> _order = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly List<(long From, long To)> _gaps = [];
    private bool _keepsGaps = true;

    public long? LastSequence { get; set; }

    /// <summary>What a record keeps beside the highest number: the ids that are remembered, oldest first, and the gaps.</summary>
    public IReadOnlyList<string> Ids =>
        [.. _order, .. _gaps.Select(gap => string.Create(CultureInfo.InvariantCulture, $"{GapMark}{gap.From}-{gap.To}"))];

    /// <summary>Goes on from what a record keeps.</summary>
    public void Remember(IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            if (TryParseGap(id) is { } gap)
            {
                _gaps.Add(gap);
            }
            else
            {
                Remember(id);
            }
        }
    }

    /// <summary>Lines are looked at elsewhere, and nobody says which: no number that is missing here is waited for.</summary>
    public void KeepNoGaps()
    {
        _keepsGaps = false;
        _gaps.Clear();
    }

    public bool IsSecond(in EventLine line)
    {
        if (line.RunSequence is { } sequence)
        {
            return !Remember(sequence);
        }

        // One that looks like a gap would be taken for one in a record.
        return line.Id is { } id && !id.StartsWith(GapMark, StringComparison.Ordinal) && !Remember(id);
    }

    private bool Remember(long sequence)
    {
        if (sequence <= LastSequence)
        {
            return TryTakeFromGap(sequence);
        }

        // The first line of a run has the number 1.
        var next = (LastSequence ?? 0) + 1;
        if (_keepsGaps)
        {
            AddGap(_gaps.Count, next, sequence - 1);
            Trim();
        }

        LastSequence = sequence;
        return true;
    }

    private bool TryTakeFromGap(long sequence)
    {
        var at = _gaps.FindIndex(gap => gap.From <= sequence && sequence <= gap.To);
        if (at < 0)
        {
            return false;
        }

        var (from, to) = _gaps[at];
        _gaps.RemoveAt(at);
        AddGap(at, sequence + 1, to);
        AddGap(at, from, sequence - 1);
        Trim();
        return true;
    }

    private void AddGap(int at, long from, long to)
    {
        if (from <= to)
        {
            _gaps.Insert(at, (from, to));
        }
    }

    private void Trim() => _gaps.RemoveRange(0, Math.Max(_gaps.Count - MostGaps, 0));

    private static (long From, long To)? TryParseGap(string id) =>
        id.StartsWith(GapMark, StringComparison.Ordinal)
        && id.AsSpan(GapMark.Length) is var text
        && text.IndexOf('-') is > 0 and var dash
        && long.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
        && long.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var to)
        && from <= to
            ? (from, to)
            : null;

    private bool Remember(string id)
    {
        if (!_ids.Add(id))
        {
            return false;
        }

        _order.Enqueue(id);
        if (_order.Count > WindowIds)
        {
            _ids.Remove(_order.Dequeue());
        }

        return true;
    }
}
