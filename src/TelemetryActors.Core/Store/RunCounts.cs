using TelemetryActors.Runs;

namespace TelemetryActors.Store;

/// <summary>How many runs of one kind there are, and how long they took.</summary>
/// <param name="Agent">Their agent; null when agents were not kept apart, or none was told.</param>
/// <param name="Status">How they stand; null when that was not kept apart.</param>
/// <param name="Day">The day they began; null when days were not kept apart.</param>
/// <param name="Runs">How many.</param>
/// <param name="Timed">How many of them have a duration.</param>
/// <param name="MinMs">The shortest in milliseconds; null when none has a duration.</param>
/// <param name="AverageMs">The mean.</param>
/// <param name="MaxMs">The longest.</param>
public sealed record RunCounts(string? Agent, RunStatus? Status, DateOnly? Day, long Runs, long Timed, double? MinMs, double? AverageMs, double? MaxMs);
