using System.Globalization;
using TelemetryActors.Encoding;

namespace TelemetryActors.Browsing;

/// <summary>Proves that the ids of each process that wrote a slot's log have no holes.</summary>
/// <remarks>Events that came from elsewhere keep their own ids and are left out: they say when they were received.</remarks>
internal static class IdAudit
{
    private const int InstanceChars = 11;
    private const int MaxFaults = 20;

    public static (IReadOnlyList<string> Faults, IReadOnlyList<string> Notes) Check(SlotLog log)
    {
        var highest = new Dictionary<string, long>(StringComparer.Ordinal);
        List<string> faults = [];
        var garbage = 0L;
        var isFirst = true;
        var snapshot = LogSnapshot.Take(log.Folder);
        foreach (var part in snapshot.Parts.Where(part => part.Name.Slot == log.Slot))
        {
            using var file = log.Folder.Files.Open(part.Path, writable: false);
            using var reader = new ForwardLineReader(file, 0, part.Length);
            for (var offset = 0L; reader.TryRead(out var bytes); offset = reader.Offset)
            {
                if (!EventLine.TryParse(bytes, out var line, out _))
                {
                    garbage++;
                }
                else if (!line.IsAnchor && line.ReceivedTimestamp is null && TrySplit(line.Id, out var instance, out var sequence))
                {
                    Follow(highest, instance, sequence, isFirst || (log.State?.RetainedFrom ?? 0) > 0, () => $"{part.Path} at offset {offset}", faults);
                    isFirst = false;
                }
            }
        }

        return (faults, garbage == 0 ? [] : [$"slot {log.Slot} holds {garbage} lines that are no events"]);
    }

    private static void Follow(
        Dictionary<string, long> highest, string instance, long sequence, bool mayBeginAnywhere, Func<string> place, List<string> faults)
    {
        var isKnown = highest.TryGetValue(instance, out var last);
        var hole = sequence - last - 1;
        if (hole > 0 && (isKnown || !mayBeginAnywhere) && faults.Count < MaxFaults)
        {
            faults.Add($"{place()}: {hole} ids of {instance} before {sequence} are missing");
        }

        highest[instance] = Math.Max(last, sequence);
    }

    private static bool TrySplit(string? id, out string instance, out long sequence)
    {
        instance = "";
        sequence = 0;
        if (id is not { Length: EventId.Width } || id[InstanceChars] != '-'
            || !long.TryParse(id.AsSpan(InstanceChars + 1), NumberStyles.None, CultureInfo.InvariantCulture, out sequence))
        {
            return false;
        }

        instance = id[..InstanceChars];
        return true;
    }
}
