namespace TelemetryActors.Browsing;

/// <summary>Ids of one process that are missing between two events with damaged lines between them.</summary>
/// <param name="Instance">Whose they are.</param>
/// <param name="Before">The number before them; 0 where they are the first that the slot's log would have of the process.</param>
/// <param name="Sequence">The number behind them.</param>
internal readonly record struct MissedIds(string Instance, long Before, long Sequence);
