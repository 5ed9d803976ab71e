using TelemetryActors.Storage;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>Operators' commands for one sink: appended to <c>state/commands/&lt;sink&gt;.ndjson</c>, read from an offset on. The file is the audit trail.</summary>
internal sealed class SinkCommandFile(IFileSystem files, string baseDirectory, string sink)
{
    private readonly string _path = SinkPaths.Commands(baseDirectory, sink);

    /// <summary>Bytes in the file now.</summary>
    public long Length => files.Identify(_path)?.Length ?? 0;

    /// <summary>Appends a command, durably; several processes may at once.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Append(SinkCommand command) => WholeFile.Append(files, _path, SinkCommandFormat.Write(command));

    /// <summary>Reads the whole lines behind an offset; a line that is no command is reported and passed over.</summary>
    /// <param name="offset">Where to begin; set to where to go on.</param>
    /// <param name="fault">What is wrong with the last line that is no command; null when all are.</param>
    /// <returns>The commands, each with the offset behind it.</returns>
    public IReadOnlyList<(SinkCommand Command, long End)> ReadFrom(ref long offset, out string? fault)
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
        List<(SinkCommand, long)> commands = [];
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            offset += end + 1;
            if (SinkCommandFormat.TryParse(rest[..end], out var command))
            {
                commands.Add((command, offset));
            }
            else if (end > 0)
            {
                fault = $"{Path.GetFileName(_path)} has a line that is no command";
            }

            rest = rest[(end + 1)..];
        }

        return commands;
    }
}
