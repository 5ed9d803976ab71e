using System.Globalization;
using TelemetryActors.Encoding;

namespace TelemetryActors.Browsing;

/// <summary>Proves that the ids of each process that wrote a slot's log have no holes within a stretch; between two stretches the anchors' ordinals say what is missing.</summary>
/// <remarks>
/// Events that came from elsewhere keep their own ids and are left out: they say when they were received. A process that lost its slot goes on in
/// another one: what a slot's log does not begin with may stand at the end of another's.
/// </remarks>
internal sealed class IdAudit
{
    private const int InstanceChars = 11;
    private const int MaxFaults = 20;

    private readonly Dictionary<string, IdTrail> _trails = new(StringComparer.Ordinal);
    private readonly List<string> _holes = [];
    private readonly SlotLog _log;
    private readonly DamageTally _damage;

    private IdAudit(SlotLog log)
    {
        _log = log;
        _damage = new DamageTally(log);
    }

    /// <summary>Where lines are no events, and what was lost with them.</summary>
    public IReadOnlyList<LogDamage> Damage => _damage.Found;

    public static IdAudit Read(SlotLog log)
    {
        var audit = new IdAudit(log);
        audit.ReadFiles();
        return audit;
    }

    /// <summary>The holes in this slot's ids that no other slot's log fills.</summary>
    public IReadOnlyList<string> FaultsBeside(IReadOnlyList<IdAudit> all) =>
        [.. _holes.Concat(_trails.Where(trail => BeginsTooLate(trail.Key, trail.Value, all)).Select(trail => Hole(trail.Value.Place, trail.Key, 0, trail.Value.First))).Take(MaxFaults)];

    private static bool BeginsTooLate(string instance, IdTrail trail, IReadOnlyList<IdAudit> all) =>
        trail is { First: > 1, MayBeginAnywhere: false }
        && !all.Any(other => other._trails.TryGetValue(instance, out var before) && before.First < trail.First && before.Highest >= trail.First - 1);

    private void ReadFiles()
    {
        var isBehindAnchor = true;
        foreach (var part in LogSnapshot.Of(_log.Folder))
        {
            using var file = _log.Folder.Files.Open(part.Path, writable: false);
            using var reader = new ForwardLineReader(file, 0, part.Length);
            _damage.BeginFile(part);
            for (var offset = 0L; reader.TryRead(out var bytes); offset = reader.Offset)
            {
                var isEvent = EventLine.TryParse(bytes, out var line, out _);
                if (isEvent && line.IsAnchor)
                {
                    isBehindAnchor = true;
                    continue;
                }

                _damage.Take(offset, reader.Offset, isEvent);
                if (isEvent && line.ReceivedTimestamp is null && TrySplit(line.Id, out var instance, out var sequence))
                {
                    Follow(instance, sequence, isBehindAnchor, part.Path, offset);
                    isBehindAnchor = false;
                }
            }
        }

        _damage.EndFile();
    }

    private void Follow(string instance, long sequence, bool isBehindAnchor, string path, long offset)
    {
        if (!_trails.TryGetValue(instance, out var trail))
        {
            _trails[instance] = new IdTrail($"{path} at offset {offset}", sequence, sequence, isBehindAnchor, _damage.Lines);
            return;
        }

        if (!isBehindAnchor && sequence > trail.Highest + 1 && trail.Damaged < _damage.Lines)
        {
            _damage.Miss(sequence - trail.Highest - 1);
        }
        else if (!isBehindAnchor && sequence > trail.Highest + 1 && _holes.Count < MaxFaults)
        {
            _holes.Add(Hole($"{path} at offset {offset}", instance, trail.Highest, sequence));
        }

        _trails[instance] = trail with { Highest = Math.Max(trail.Highest, sequence), Damaged = _damage.Lines };
    }

    private static string Hole(string place, string instance, long before, long sequence) =>
        $"{place}: {sequence - before - 1} ids of {instance} before {sequence} are missing";

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
