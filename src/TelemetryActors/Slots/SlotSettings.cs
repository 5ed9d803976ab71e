using TelemetryActors.Log;
using TelemetryActors.Ring;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>What is needed to open a writer slot.</summary>
internal sealed record SlotSettings(
    BaseFolder Base, IFileSystem Files, TimeProvider Time, LogOptions Log, RingPlacement Placement, long RingBytes, TimeSpan MaxWait);
