using System.Buffers;
using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>What was thrown away, for whom, when and why, letter by letter, in <c>state/receipts/&lt;sink&gt;.ndjson</c>: as durable as the command that asked for it (SK.9).</summary>
/// <remarks>
/// Written before the state that counts the letters as purged. A kill between the two has the command carried out once more; its receipt then takes the place of the one
/// that was written for it, so that each command has one receipt and their letters add up to the count. For the owner of the sink's lock alone.
/// </remarks>
internal sealed class PurgeReceipts(IFileSystem files, string baseDirectory, string sink)
{
    private readonly string _path = SinkPaths.Receipts(baseDirectory, sink);

    /// <param name="command">What was asked for.</param>
    /// <param name="commandEnd">Where it ends in the command file: names it.</param>
    /// <param name="letters">The ids of the letters.</param>
    /// <param name="now">The instant.</param>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Write(SinkCommand command, long commandEnd, IReadOnlyList<string> letters, DateTimeOffset now)
    {
        var kept = AtomicFile.TryRead(files, _path).AsSpan();
        var last = kept.TrimEnd((byte)'\n');
        last = last[(last.LastIndexOf((byte)'\n') + 1)..];
        if (IsOf(last.ToArray(), command, commandEnd))
        {
            kept = kept[..(kept.TrimEnd((byte)'\n').LastIndexOf((byte)'\n') + 1)];
        }

        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(kept);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ts", now.UtcDateTime);
            json.WriteString("command", "purge");
            json.WriteString("asked", InstantText.Format(command.When));
            json.WriteNumber("command_end", commandEnd);
            json.WriteString("who", command.Who);
            json.WriteString("why", command.Why);
            json.WriteNumber("letters", letters.Count);
            json.WriteStartArray("ids");
            foreach (var id in letters)
            {
                json.WriteStringValue(id);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        files.CreateDirectory(Path.GetDirectoryName(_path)!);
        AtomicFile.Write(files, _path, buffer.WrittenSpan);
    }

    // A command file that was made anew counts from the beginning again: the instant tells such commands apart.
    private static bool IsOf(byte[] line, SinkCommand command, long commandEnd)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty("command_end").GetInt64() == commandEnd
                && document.RootElement.GetProperty("asked").GetString() == InstantText.Format(command.When);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }
}
