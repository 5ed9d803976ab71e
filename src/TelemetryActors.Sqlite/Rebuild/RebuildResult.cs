namespace TelemetryActors.Sqlite;

/// <summary>What a rebuild did.</summary>
/// <param name="Events">Events of the log that were stored.</param>
/// <param name="Unreadable">Lines of the log that are no events.</param>
/// <param name="KeptRuns">Runs that only the old file had.</param>
internal readonly record struct RebuildResult(long Events, long Unreadable, long KeptRuns);
