using System.Runtime.InteropServices;

namespace TelemetryActors.Ring;

/// <summary>What one process knows of its ring and no other may touch: outside the mapped file, on cache lines of its own.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct RingProcess
{
    public const int Bytes = 256;

    /// <summary>Cache lines begin at multiples of this.</summary>
    public const int Alignment = 64;

    /// <summary>The number in the newest event's id.</summary>
    [FieldOffset(0)]
    public long Sequence;

    /// <summary>The ordinal of the tail.</summary>
    [FieldOffset(8)]
    public long Ordinal;

    /// <summary>The lowest position and the lowest ordinal at which someone wants to be woken.</summary>
    [FieldOffset(16)]
    public long WakeAtPosition;

    [FieldOffset(24)]
    public long WakeAtOrdinal;

    /// <summary>When the ring was first found full; 0 while there is room.</summary>
    [FieldOffset(32)]
    public long StallStarted;

    /// <summary>The lock's word, alone on its line: who waits does not slow who works.</summary>
    [FieldOffset(128)]
    public int Lock;
}
