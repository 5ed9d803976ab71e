using TelemetryActors.Events;

namespace TelemetryActors.Delivery;

/// <summary>Dropped events by reason. Immutable.</summary>
public sealed class DropCounts : IEquatable<DropCounts>
{
    private static readonly int Reasons = Enum.GetValues<DropReason>().Length;

    private readonly long[] _counts;

    private DropCounts(long[] counts) => _counts = counts;

    /// <summary>Nothing dropped.</summary>
    public static DropCounts None { get; } = new(new long[Reasons]);

    /// <summary>Events dropped for one reason.</summary>
    public long this[DropReason reason] => _counts[(int)reason];

    /// <summary>All dropped events.</summary>
    public long Total => _counts.Sum();

    /// <summary>The reasons that occurred, with their counts.</summary>
    public IEnumerable<KeyValuePair<DropReason, long>> ByReason =>
        _counts.Select((count, reason) => KeyValuePair.Create((DropReason)reason, count)).Where(entry => entry.Value != 0);

    /// <summary>With some more events dropped.</summary>
    public DropCounts Plus(DropReason reason, long events)
    {
        if (events == 0)
        {
            return this;
        }

        var counts = (long[])_counts.Clone();
        counts[(int)reason] += events;
        return new DropCounts(counts);
    }

    /// <summary>Both together.</summary>
    public DropCounts Plus(DropCounts other) => other.ByReason.Aggregate(this, (sum, entry) => sum.Plus(entry.Key, entry.Value));

    /// <summary>What was dropped since.</summary>
    internal DropCounts Since(DropCounts earlier) => ReferenceEquals(this, earlier) || Equals(earlier) ? None
        : new DropCounts([.. _counts.Zip(earlier._counts, (now, before) => now - before)]);

    /// <inheritdoc />
    public bool Equals(DropCounts? other) => other is not null && _counts.AsSpan().SequenceEqual(other._counts);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as DropCounts);

    /// <inheritdoc />
    public override int GetHashCode() => Total.GetHashCode();

    /// <summary>The reasons and counts, for operators.</summary>
    public override string ToString() => string.Join(", ", ByReason.Select(entry => $"{entry.Key} {entry.Value}"));
}
