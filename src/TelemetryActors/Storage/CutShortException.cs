namespace TelemetryActors.Storage;

/// <summary>A stream took the beginning of what was written and not the rest: whatever comes next there stands behind a piece.</summary>
internal sealed class CutShortException(string message, int error) : IOException(message, error);
