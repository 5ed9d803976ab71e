namespace TelemetryActors.Engine;

/// <summary>What a sink's dead letters' file holds, beside what its state knows.</summary>
/// <param name="Settled">Letters that the state has counted.</param>
/// <param name="Damaged">Lines that are no letters: each may have been one.</param>
/// <param name="Unsettled">The lines, from 0, whose letters it has not.</param>
/// <param name="Last">The highest number of a letter.</param>
/// <param name="Ahead">What letters are named by whose events may come yet, as new ones, though they are letters: the sink started over.</param>
internal sealed record LettersFound(long Settled, long Damaged, IReadOnlySet<int> Unsettled, long Last, IReadOnlySet<string> Ahead);
