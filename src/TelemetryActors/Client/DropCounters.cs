using TelemetryActors.Events;

namespace TelemetryActors.Client;

/// <summary>How many events were refused at the door, by reason.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class DropCounters
{
    private readonly long[] _counts = new long[(int)DropReason.Purged + 1];

    public long this[DropReason reason] => Volatile.Read(ref _counts[(int)reason]);

    public void Count(DropReason reason, long events = 1) => Interlocked.Add(ref _counts[(int)reason], events);

    public IReadOnlyDictionary<DropReason, long> Snapshot() =>
        Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None && this[reason] > 0).ToDictionary(reason => reason, reason => this[reason]);
}
