namespace TelemetryActors.Browsing;

/// <summary>The ids of one process start as they stand in one slot's log.</summary>
/// <param name="Place">Where the first stands, for who is told.</param>
/// <param name="First">Its number.</param>
/// <param name="Highest">The highest number.</param>
/// <param name="MayBeginAnywhere">Whether what came before it may have been removed.</param>
/// <param name="Damaged">How many lines before its last event were no events.</param>
internal readonly record struct IdTrail(string Place, long First, long Highest, bool MayBeginAnywhere, long Damaged);
