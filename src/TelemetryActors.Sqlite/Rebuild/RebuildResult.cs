using TelemetryActors.Delivery;

namespace TelemetryActors.Sqlite;

/// <summary>What a rebuild did.</summary>
/// <param name="Events">Events of the log that were stored.</param>
/// <param name="Refused">Lines of the log that are no events.</param>
/// <param name="Accounts">Cursor and counts of each slot, as the new store has them.</param>
/// <param name="KeptRuns">Runs that only the old file had.</param>
internal sealed record RebuildResult(long Events, IReadOnlyList<DeadLetter> Refused, IReadOnlyList<SinkAccount> Accounts, long KeptRuns);
