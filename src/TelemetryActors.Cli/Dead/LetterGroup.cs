namespace TelemetryActors.Cli.Dead;

/// <summary>A sink's dead letters of one reason.</summary>
/// <param name="Sink">The sink.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Letters">How many.</param>
/// <param name="Oldest">When the first was set aside.</param>
/// <param name="Newest">When the last was.</param>
internal sealed record LetterGroup(string Sink, string Reason, long Letters, DateTimeOffset Oldest, DateTimeOffset Newest);
