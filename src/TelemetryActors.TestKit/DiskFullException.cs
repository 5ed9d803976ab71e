namespace TelemetryActors.TestKit;

/// <summary>What the runtime throws at ENOSPC, thrown by <see cref="FaultyFileSystem"/>.</summary>
public sealed class DiskFullException() : IOException("No space left on device", 28);
