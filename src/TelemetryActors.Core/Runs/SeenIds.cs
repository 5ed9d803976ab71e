using TelemetryActors.Encoding;

namespace TelemetryActors.Runs;

/// <summary>Tells, by their ids, lines that were taken before from those that are new, and forgets a batch that came to nothing.</summary>
/// <remarks>
/// An id is a duplicate when its number is not above the highest of its instance: an instance's lines come in the order of its log. An id of another form
/// is known among the last <see cref="WindowIds"/> of such ids, and an instance among the last <see cref="MaxInstances"/> heard of. Not thread-safe.
/// </remarks>
internal sealed class SeenIds
{
    /// <summary>Instances, which are process starts of agents, that are remembered.</summary>
    public const int MaxInstances = 64;

    /// <summary>Ids of another form that are remembered.</summary>
    public const int WindowIds = 1024;

    private readonly Dictionary<string, (long Highest, long HeardAt)> _highest = new(StringComparer.Ordinal);
    private readonly HashSet<string> _foreign = new(StringComparer.Ordinal);
    private readonly Queue<string> _foreignOrder = new();

    // Of the batch that is being looked at; few instances, nearly always one.
    private readonly List<(string Instance, long Highest)> _newHighest = [];
    private readonly List<string> _newForeign = [];
    private readonly HashSet<string> _newForeignSet = new(StringComparer.Ordinal);
    private long _hearings;

    /// <summary>Goes on from what was kept.</summary>
    public static SeenIds From(SeenIdsRecord record)
    {
        var seen = new SeenIds();
        seen._newHighest.AddRange(record.Highest.Select(entry => (entry.Key, entry.Value)));
        seen._newForeign.AddRange(record.Foreign);
        seen.Keep();
        return seen;
    }

    /// <summary>Whether a line of this id came before, in this batch or in one that was kept. If not, it is one of this batch now.</summary>
    /// <param name="id">The id; empty for a line without one, which is always new.</param>
    public bool IsSecond(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty)
        {
            return false;
        }

        return EventId.TryRead(id, out var instance, out var sequence)
            ? IsSecond(instance, sequence)
            : IsSecondForeign(System.Text.Encoding.UTF8.GetString(id));
    }

    /// <summary>The batch was taken: its ids are remembered.</summary>
    public void Keep()
    {
        foreach (var (instance, highest) in _newHighest)
        {
            _highest[instance] = (highest, ++_hearings);
        }

        foreach (var id in _newForeign.Where(_foreign.Add))
        {
            _foreignOrder.Enqueue(id);
        }

        while (_highest.Count > MaxInstances)
        {
            _highest.Remove(_highest.MinBy(entry => entry.Value.HeardAt).Key);
        }

        while (_foreignOrder.Count > WindowIds)
        {
            _foreign.Remove(_foreignOrder.Dequeue());
        }

        Forget();
    }

    /// <summary>The batch came to nothing: its ids are new again.</summary>
    public void Forget()
    {
        _newHighest.Clear();
        _newForeign.Clear();
        _newForeignSet.Clear();
    }

    /// <summary>What is remembered.</summary>
    public SeenIdsRecord ToRecord() => new(
        [.. _highest.OrderBy(entry => entry.Value.HeardAt).Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Highest))],
        [.. _foreignOrder]);

    private bool IsSecond(ReadOnlySpan<byte> instance, long sequence)
    {
        Span<char> name = stackalloc char[instance.Length];
        System.Text.Encoding.ASCII.GetChars(instance, name);
        for (var index = 0; index < _newHighest.Count; index++)
        {
            if (name.SequenceEqual(_newHighest[index].Instance))
            {
                var isSecond = sequence <= _newHighest[index].Highest;
                _newHighest[index] = isSecond ? _newHighest[index] : (_newHighest[index].Instance, sequence);
                return isSecond;
            }
        }

        var isKnown = _highest.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var known);
        if (isKnown && sequence <= known.Highest)
        {
            return true;
        }

        _newHighest.Add((name.ToString(), sequence));
        return false;
    }

    private bool IsSecondForeign(string id)
    {
        if (_foreign.Contains(id) || !_newForeignSet.Add(id))
        {
            return true;
        }

        _newForeign.Add(id);
        return false;
    }
}
