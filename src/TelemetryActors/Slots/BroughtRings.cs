using System.Buffers;
using System.Text.Json;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>Which stranded rings were brought to the log: <c>state/brought-rings.ndjson</c>, for whoever asks what became of a jump of positions.</summary>
internal sealed class BroughtRings(IFileSystem files, string baseDirectory)
{
    private readonly string _path = Path.Combine(baseDirectory, "state", "brought-rings.ndjson");

    /// <summary>Notes a ring before its file goes; said again, it stands there once.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Note(BroughtRing ring)
    {
        if (Has(ring.Slot, ring.Tail))
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ts", ring.At.UtcDateTime);
            json.WriteNumber("slot", ring.Slot);
            json.WriteString("stream", ring.Tail.Stream.ToString());
            json.WriteNumber("position", ring.Tail.Position);
            json.WriteNumber("ordinal", ring.Tail.Ordinal);
            json.WriteNumber("events", ring.Events);
            json.WriteNumber("lost", ring.Lost);
            json.WriteNumber("to", ring.To);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        WholeFile.Append(files, _path, buffer.WrittenSpan);
    }

    /// <summary>Whether a ring is noted: all it held is in the log.</summary>
    /// <param name="slot">Whose it was.</param>
    /// <param name="tail">Behind its newest event.</param>
    /// <exception cref="IOException">The file cannot be read now.</exception>
    public bool Has(int slot, Cursor tail) => Read().Any(noted => noted.Slot == slot && noted.Tail == tail);

    /// <summary>All that are noted; a line that cannot be read is passed over.</summary>
    /// <exception cref="IOException">The file cannot be read now.</exception>
    public IReadOnlyList<BroughtRing> Read()
    {
        if (files.Identify(_path) is null)
        {
            return [];
        }

        var content = System.Text.Encoding.UTF8.GetString(WholeFile.Read(files, _path));
        return [.. content.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(TryParse).OfType<BroughtRing>()];
    }

    private static BroughtRing? TryParse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            var tail = new Cursor(StreamId.Parse(json.GetProperty("stream").GetString()!, null), json.GetProperty("position").GetInt64(), json.GetProperty("ordinal").GetInt64());
            return new BroughtRing(
                json.GetProperty("ts").GetDateTimeOffset(), json.GetProperty("slot").GetInt32(), tail,
                json.GetProperty("events").GetInt64(), json.GetProperty("lost").GetInt64(), json.GetProperty("to").GetInt32());
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }
}
