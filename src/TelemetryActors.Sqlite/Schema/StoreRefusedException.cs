namespace TelemetryActors.Sqlite;

/// <summary>A file that this product does not touch: of a newer version, or of something else.</summary>
internal sealed class StoreRefusedException(string message) : IOException(message);
