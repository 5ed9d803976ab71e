using TelemetryActors.Runs;

namespace TelemetryActors.Store;

/// <summary>Some runs, the newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Next">What <see cref="RunQuery.After"/> takes to go on; null when these were the last.</param>
public sealed record RunPage(IReadOnlyList<RunRecord> Runs, string? Next);
