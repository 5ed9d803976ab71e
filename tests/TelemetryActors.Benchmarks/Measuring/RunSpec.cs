namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>What one child process measures.</summary>
/// <param name="Table">The table the row belongs to.</param>
/// <param name="Row">The contender.</param>
/// <param name="Events">Events of a run that is bounded by its count.</param>
/// <param name="Producers">Producer threads, or waiters.</param>
/// <param name="Seconds">Length of a run that is bounded by time.</param>
/// <param name="Seed">The seed of the input.</param>
/// <param name="Directory">A directory of the child's own.</param>
internal sealed record RunSpec(string Table, string Row, int Events, int Producers, int Seconds, int Seed, string Directory);
