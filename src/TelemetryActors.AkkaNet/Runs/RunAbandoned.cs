namespace TelemetryActors.AkkaNet.Runs;

/// <summary>The run was silent beyond its lease and was closed: the end line that was written for it.</summary>
/// <param name="Line">The line as it stands in the event log, with or without its line feed.</param>
internal sealed record RunAbandoned(ReadOnlyMemory<byte> Line) : IRunEvent;
