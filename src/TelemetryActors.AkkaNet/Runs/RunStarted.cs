namespace TelemetryActors.AkkaNet.Runs;

/// <summary>The run's start became known: the line that told it.</summary>
/// <param name="Line">The line as it stands in the event log, with or without its line feed.</param>
internal sealed record RunStarted(ReadOnlyMemory<byte> Line) : IRunEvent;
