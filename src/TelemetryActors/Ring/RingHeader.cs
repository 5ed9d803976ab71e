using System.Runtime.InteropServices;
using TelemetryActors.Encoding;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Ring;

/// <summary>The first page of a ring: who it belongs to and how far it has come.</summary>
/// <remarks>
/// What changes with each event stands on one cache line, what changes seldom on the next: a line that another core wrote costs as much as encoding a
/// field. What concerns one process alone is not here (<see cref="RingProcess"/>): another process may open the file. Position and ordinal of the tail belong together but are two
/// words; the ordinal is therefore kept twice, beside the position it belongs to, and the tail's store says which of the two is current.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal unsafe struct RingHeader
{
    public const int Bytes = 4096;

    /// <summary>"TARING01" in memory order.</summary>
    public const ulong ExpectedMagic = 0x3130_474E_4952_4154;

    public const int MaxBaseDirectoryBytes = 2048;

    [FieldOffset(0)]
    public ulong Magic;

    [FieldOffset(8)]
    public long Capacity;

    [FieldOffset(16)]
    public StreamId Stream;

    [FieldOffset(24)]
    public int Slot;

    [FieldOffset(28)]
    public int ClosedClean;

    [FieldOffset(32)]
    public Guid BootId;

    [FieldOffset(64)]
    public long Claim;

    [FieldOffset(72)]
    public long Tail;

    [FieldOffset(80)]
    public RingMark EvenMark;

    [FieldOffset(96)]
    public RingMark OddMark;

    [FieldOffset(128)]
    public long Head;

    [FieldOffset(136)]
    public long Begin;

    /// <summary>Below it a claim that was never published may have torn the oldest bytes.</summary>
    [FieldOffset(144)]
    public long TornTo;

    /// <summary>When a sweep first found nobody at it and its base directory gone, in UTC ticks; 0 since someone last opened it.</summary>
    [FieldOffset(152)]
    public long ForsakenSince;

    /// <summary>Up to where the log was on its device when an fsync failed; meaningful while <see cref="HasFailedSync"/> is 1.</summary>
    [FieldOffset(160)]
    public RingMark SyncedTo;

    /// <summary>1 from a failed fsync until what it was for is on the device.</summary>
    [FieldOffset(176)]
    public int HasFailedSync;

    /// <summary>Events that failed fsyncs have left in doubt, over all writers of the slot.</summary>
    [FieldOffset(184)]
    public long InDoubt;

    /// <summary>The ordinal from which on events were recorded under <c>DO_NOT_TRACK</c>; meaningful while <see cref="HasUntracked"/> is 1.</summary>
    [FieldOffset(192)]
    public long UntrackedFrom;

    /// <summary>1 while events may stand here that no upload may ever send.</summary>
    [FieldOffset(200)]
    public int HasUntracked;

    /// <summary>The instance in the ids of the events that its process recorded, ASCII; zeros while it is not one alone, or not known.</summary>
    [FieldOffset(208)]
    public fixed byte Writer[EventId.InstanceWidth];

    /// <summary>The ordinal from which on events were recorded tracked again; 0 while that is not so, or not known.</summary>
    [FieldOffset(224)]
    public long UntrackedTo;

    /// <summary>1 where the ring begins far above a log that ended in order, because the disk did not take the note that its writer began.</summary>
    [FieldOffset(232)]
    public int HasCleanBegin;

    [FieldOffset(320)]
    public int BaseDirectoryLength;

    [FieldOffset(324)]
    public fixed byte BaseDirectory[MaxBaseDirectoryBytes];

    [FieldOffset(3072)]
    public RingCircuit Circuit;
}
