namespace TelemetryActors.AkkaNet.Runs;

/// <summary>The run ended: the line that says how.</summary>
/// <param name="Line">The line as it stands in the event log, with or without its line feed.</param>
internal sealed record RunEnded(ReadOnlyMemory<byte> Line) : IRunEvent;
