using System.Runtime.InteropServices;

namespace TelemetryActors.Ring;

/// <summary>A position with the ordinal that belongs to it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingMark
{
    public long Position;
    public long Ordinal;
}
