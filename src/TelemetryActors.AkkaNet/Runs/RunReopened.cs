namespace TelemetryActors.AkkaNet.Runs;

/// <summary>An abandoned run lives: the line that showed it.</summary>
/// <param name="Line">The line as it stands in the event log, with or without its line feed.</param>
internal sealed record RunReopened(ReadOnlyMemory<byte> Line) : IRunEvent;
