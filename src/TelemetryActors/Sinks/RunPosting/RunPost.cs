using TelemetryActors.Encoding;

namespace TelemetryActors.Sinks.RunPosting;

/// <summary>What is posted for an event.</summary>
/// <param name="Payload">The body; null when none can be made.</param>
/// <param name="Key">The same for each post of this end.</param>
/// <param name="Fault">Why no body can be made; null when there is one.</param>
internal readonly record struct RunPost(byte[]? Payload, string? Key, string? Fault)
{
    /// <summary>Makes it.</summary>
    /// <param name="bytes">A line of the log.</param>
    /// <param name="write">Writes the body and its key, <see cref="RunPayload.TryWrite"/> but for specs.</param>
    /// <returns>Null for a line of which nothing is posted.</returns>
    public static RunPost? Of(ReadOnlyMemory<byte> bytes, Func<EventLine, (byte[]? Payload, string? Key)> write)
    {
        // Most lines are no ends: those are not even read.
        if (bytes.Span.IndexOf("run_end"u8) < 0 || !EventLine.TryParse(bytes, out var line, out _))
        {
            return null;
        }

        try
        {
            return write(line) is ({ } payload, var key) ? new RunPost(payload, key, null) : null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The fault of one event: the runs behind it must not wait for it.
            return new RunPost(null, line.Id, $"no body can be made of it: {exception.GetType().Name}: {exception.Message}");
        }
    }

    /// <summary>The body of a line and its key.</summary>
    public static (byte[]? Payload, string? Key) Write(EventLine line) => (RunPayload.TryWrite(line, out var key), key);
}
