namespace TelemetryActors.Pipeline;

/// <summary>A place between two events of a stream.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Position">Bytes since the stream began; the next event's first byte. Never used twice, may jump forward.</param>
/// <param name="Ordinal">Events since the stream began; the next event's number. A difference of ordinals is a count of events.</param>
public readonly record struct Cursor(StreamId Stream, long Position, long Ordinal)
{
    /// <summary>No stream comes this far; a number in a file that does is damage.</summary>
    internal const long Limit = 1L << 62;
}
