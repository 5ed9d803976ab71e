using System.Globalization;
using TelemetryActors.Encoding;

namespace TelemetryActors.Browsing;

/// <summary>Proves that the ids of each process that wrote a slot's log have no holes within a stretch; between two stretches the anchors' ordinals say what is missing.</summary>
/// <remarks>
/// Events that came from elsewhere keep their own ids and are left out: they say when they were received. A process that lost its slot goes on in
/// another one: what a slot's log does not begin with may stand at the end of another's. Where a log has lines that other processes sent, by their own ids,
/// nobody can tell theirs from those of the slot's earlier processes: then the ids of the last one alone prove something, and the anchors' ordinals the rest.
/// </remarks>
internal sealed class IdAudit
{
    private const int InstanceChars = 11;
    private const int MaxFaults = 20;

    private readonly Dictionary<string, IdTrail> _trails = new(StringComparer.Ordinal);
    private readonly List<string> _holes = [];
    private readonly List<string> _ownHoles = [];
    private readonly SecondDoor _secondDoor = new();
    private readonly SlotLog _log;
    private readonly DamageTally _damage;
    private long _damagedBefore;

    private IdAudit(SlotLog log)
    {
        _log = log;
        _damage = new DamageTally(log);
    }

    public static IdAudit Read(SlotLog log)
    {
        var audit = new IdAudit(log);
        audit.ReadFiles();
        return audit;
    }

    /// <summary>The holes in this slot's ids that no other slot's log fills.</summary>
    public IReadOnlyList<string> FaultsBeside(IReadOnlyList<IdAudit> all) =>
        [.. (_secondDoor.IsInUse ? _ownHoles : _ownHoles.Concat(_holes))
            .Concat(_trails.Where(trail => Proves(trail.Key) && BeginsTooLate(trail.Key, trail.Value, all)).Select(trail => Hole(trail.Value.Place, trail.Key, 0, trail.Value.First)))
            .Take(MaxFaults)];

    /// <summary>Where lines are no events, and what was lost with them that no other slot's log holds.</summary>
    public IReadOnlyList<LogDamage> DamageBeside(IReadOnlyList<IdAudit> all) =>
        _damage.Found(missed => Proves(missed.Instance) ? missed.Sequence - 1 - (missed.Before > 0 ? missed.Before : HighestBefore(missed, all)) : 0);

    private static long HighestBefore(MissedIds missed, IReadOnlyList<IdAudit> all) =>
        all.Max(other => other._trails.TryGetValue(missed.Instance, out var before) && before.First < missed.Sequence ? Math.Min(before.Highest, missed.Sequence - 1) : 0);

    private bool Proves(string instance) => !_secondDoor.IsInUse || instance == _log.State?.Writer;

    private static bool BeginsTooLate(string instance, IdTrail trail, IReadOnlyList<IdAudit> all) =>
        trail is { First: > 1, MayBeginAnywhere: false }
        && !all.Any(other => other._trails.TryGetValue(instance, out var before) && before.First < trail.First && before.Highest >= trail.First - 1);

    private void ReadFiles()
    {
        var isBehindAnchor = true;
        foreach (var part in LogSnapshot.Of(_log.Folder))
        {
            using var file = _log.Folder.Files.OpenPlain(part.Path, writable: false);
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
        _secondDoor.Take(instance, sequence, isBehindAnchor);
        var damagedBefore = _damagedBefore;
        _damagedBefore = _damage.Lines;
        var holes = instance == _log.State?.Writer ? _ownHoles : _holes;
        if (!_trails.TryGetValue(instance, out var trail))
        {
            // The damage says what is missing before it.
            var isBehindDamage = !isBehindAnchor && sequence > 1 && damagedBefore < _damage.Lines;
            if (isBehindDamage)
            {
                _damage.Miss(new MissedIds(instance, 0, sequence));
            }

            _trails[instance] = new IdTrail($"{path} at offset {offset}", sequence, sequence, isBehindAnchor || isBehindDamage, _damage.Lines);
            return;
        }

        if (!isBehindAnchor && sequence > trail.Highest + 1 && trail.Damaged < _damage.Lines)
        {
            _damage.Miss(new MissedIds(instance, trail.Highest, sequence));
        }
        else if (!isBehindAnchor && sequence > trail.Highest + 1 && holes.Count < MaxFaults)
        {
            holes.Add(Hole($"{path} at offset {offset}", instance, trail.Highest, sequence));
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
