namespace TelemetryActors.Encoding;

/// <summary>A name that was encoded before.</summary>
/// <param name="Name">As the caller writes it.</param>
/// <param name="Chunk">With its quotes and what stands around it.</param>
/// <param name="IsSensitive">Whether values under this name are redacted.</param>
internal sealed record EncodedName(string Name, Chunk Chunk, bool IsSensitive);
