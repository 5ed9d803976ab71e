using System.Security.Cryptography;
using TelemetryActors.Log;
using TelemetryActors.Ring;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>What is needed to open a writer slot.</summary>
internal sealed record SlotSettings(
    BaseFolder Base, IFileSystem Files, TimeProvider Time, LogOptions Log, RingPlacement Placement, long RingBytes, TimeSpan MaxWait)
{
    /// <summary>Whether what is recorded here may never be uploaded where that needs consent: <c>DO_NOT_TRACK</c> is set.</summary>
    public bool IsUntracked { get; init; }

    /// <summary>Draws a number from the first up to, and not including, the second.</summary>
    public Func<int, int, int> Draw { get; init; } = RandomNumberGenerator.GetInt32;
}
