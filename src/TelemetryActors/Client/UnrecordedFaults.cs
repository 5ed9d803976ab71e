using System.Buffers;
using System.Text.Json;
using TelemetryActors.Engine;
using TelemetryActors.Storage;

namespace TelemetryActors.Client;

/// <summary>What a sink's fault was when no event was taken any more: <c>state/unrecorded.ndjson</c>, for the next start to record.</summary>
/// <remarks>For any thread that may wait for the disk. A fault is recorded at least once: twice when two programs start at the same time, or one dies meanwhile.</remarks>
internal sealed class UnrecordedFaults(IFileSystem files, string baseDirectory)
{
    // Whatever happens again and again, the first of it are enough.
    private const long MostBytes = 64 * 1024;

    private readonly string _path = Path.Combine(baseDirectory, "state", "unrecorded.ndjson");

    /// <summary>Notes a fault.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Note(UnrecordedFault fault)
    {
        if (files.Identify(_path) is { Length: > MostBytes })
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ts", fault.At.UtcDateTime);
            json.WriteString("sink", fault.Sink);
            json.WriteString("cause", fault.Cause);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        WholeFile.Append(files, _path, buffer.WrittenSpan);
    }

    /// <summary>Hands over what is noted, and forgets it when all of it was taken.</summary>
    /// <param name="tryRecord">Records one; false when events are not taken now.</param>
    /// <exception cref="IOException">The disk does not answer: what is noted stays.</exception>
    public void Take(Func<UnrecordedFault, bool> tryRecord)
    {
        if (files.Identify(_path) is null)
        {
            return;
        }

        var content = WholeFile.Read(files, _path);
        var noted = System.Text.Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(TryParse).OfType<UnrecordedFault>();
        if (noted.All(tryRecord) && files.Identify(_path)?.Length == content.Length)
        {
            files.Delete(_path);
        }
    }

    private static UnrecordedFault? TryParse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            return new UnrecordedFault(json.GetProperty("ts").GetDateTimeOffset(), json.GetProperty("sink").GetString()!, json.GetProperty("cause").GetString()!);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
