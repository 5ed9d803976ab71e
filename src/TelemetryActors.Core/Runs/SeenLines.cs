using TelemetryActors.Encoding;

namespace TelemetryActors.Runs;

/// <summary>Tells lines of one run that come a second time.</summary>
/// <remarks>
/// A line with a number in the run is a duplicate when the number is not above the highest so far: numbers are given in log order. A line without
/// one is known by its id, among the last <see cref="WindowIds"/> of such lines. A line with neither is never a duplicate.
/// </remarks>
internal sealed class SeenLines
{
    public const int WindowIds = 64;

    private readonly Queue<string> _order = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    public long? LastSequence { get; set; }

    /// <summary>The ids that are remembered, oldest first.</summary>
    public IReadOnlyList<string> Ids => [.. _order];

    public void Remember(IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            Remember(id);
        }
    }

    public bool IsSecond(in EventLine line)
    {
        if (line.RunSequence is { } sequence)
        {
            var isSecond = sequence <= LastSequence;
            LastSequence = isSecond ? LastSequence : sequence;
            return isSecond;
        }

        if (line.Id is not { } id)
        {
            return false;
        }

        return !Remember(id);
    }

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
