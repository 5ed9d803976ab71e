using TelemetryActors.Pipeline;

namespace TelemetryActors.Log;

/// <summary>Appends whole events to a log.</summary>
/// <param name="lines">Their bytes.</param>
/// <param name="start">Before the first.</param>
/// <param name="end">Behind the last.</param>
internal delegate void LogAppend(ReadOnlySpan<byte> lines, Cursor start, Cursor end);
