using TelemetryActors.Delivery;

namespace TelemetryActors.Browsing;

/// <summary>What one writer slot's log has of a time.</summary>
/// <param name="Slot">The writer slot.</param>
/// <param name="Oldest">When the oldest event that is left happened; null when none is.</param>
/// <param name="Stretch">The events of the time; null when there are none.</param>
/// <param name="Events">How many.</param>
internal sealed record ReplayFinding(int Slot, DateTimeOffset? Oldest, ReplayStretch? Stretch, long Events);
