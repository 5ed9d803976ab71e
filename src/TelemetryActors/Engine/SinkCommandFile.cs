using System.Buffers;
using System.Text.Json;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>Operators' commands for one sink: appended to <c>state/commands/&lt;sink&gt;.ndjson</c>, read from an offset on. The file is the audit trail.</summary>
internal sealed class SinkCommandFile(IFileSystem files, string baseDirectory, string sink)
{
    private readonly string _path = SinkPaths.Commands(baseDirectory, sink);

    /// <summary>Bytes in the file now.</summary>
    public long Length => files.Identify(_path)?.Length ?? 0;

    /// <summary>Appends a command, durably.</summary>
    public void Append(SinkCommand command)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ts", command.When.UtcDateTime);
            json.WriteString("command", command.Kind.ToString().ToLowerInvariant());
            json.WriteString("who", command.Who);
            json.WriteString("why", command.Why);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        WholeFile.Append(files, _path, buffer.WrittenSpan);
    }

    /// <summary>Reads the whole lines behind an offset; a line that is no command is reported and passed over.</summary>
    /// <param name="offset">Where to begin; set to where to go on.</param>
    /// <param name="fault">What is wrong with the last line that is no command; null when all are.</param>
    public IReadOnlyList<SinkCommand> ReadFrom(ref long offset, out string? fault)
    {
        fault = null;
        var length = Length;
        if (length < offset)
        {
            // Someone made the file anew: all of it is new.
            offset = 0;
        }

        if (length == offset)
        {
            return [];
        }

        using var file = files.Open(_path, writable: false);
        var bytes = new byte[length - offset];
        var read = file.Read(bytes, offset);
        var rest = bytes.AsMemory(0, bytes.AsSpan(0, read).LastIndexOf((byte)'\n') + 1);
        offset += rest.Length;
        List<SinkCommand> commands = [];
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            if (TryParse(rest[..end], out var command))
            {
                commands.Add(command);
            }
            else
            {
                fault = $"{Path.GetFileName(_path)} has a line that is no command";
            }

            rest = rest[(end + 1)..];
        }

        return commands;
    }

    private static bool TryParse(ReadOnlyMemory<byte> line, out SinkCommand command)
    {
        command = null!;
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            if (!Enum.TryParse<SinkCommandKind>(json.GetProperty("command").GetString(), ignoreCase: true, out var kind) || !Enum.IsDefined(kind))
            {
                return false;
            }

            var why = json.TryGetProperty("why", out var reason) ? reason.GetString() : null;
            command = new SinkCommand(kind, json.GetProperty("who").GetString() ?? "", json.GetProperty("ts").GetDateTimeOffset(), why);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }
}
