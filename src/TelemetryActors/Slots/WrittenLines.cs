using TelemetryActors.Log;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>Finds which of some lines stand in the log's files, of whatever slot.</summary>
/// <remarks>Reads all of them: asked only where a ring was stranded, and not on a caller's thread.</remarks>
/// <param name="files">The disk.</param>
/// <param name="baseDirectory">The base directory.</param>
/// <param name="logFile">The log's file when it has a name of its own.</param>
internal sealed class WrittenLines(IFileSystem files, string baseDirectory, string? logFile)
{
    private const int ChunkBytes = 1024 * 1024;

    /// <param name="wanted">The lines.</param>
    /// <param name="syncs">Whether what is found is brought to the device: it may be a dead writer's.</param>
    /// <param name="doubtful">Files that are not believed.</param>
    /// <param name="ends">Hears of all lines; null when nobody asks.</param>
    /// <returns>Those that are there.</returns>
    /// <exception cref="IOException">A file cannot be read, or brought to the device: nobody knows.</exception>
    public LineIds Among(LineIds wanted, bool syncs, IReadOnlyCollection<string> doubtful, RunEndsBehind? ends = null)
    {
        var found = new LineIds();
        if (wanted.Count == 0)
        {
            return found;
        }

        var folder = new LogFolder(files, baseDirectory, logFile, slot: 1);
        var buffer = new byte[ChunkBytes];
        foreach (var name in folder.ListAll().Where(name => !doubtful.Contains(folder.PathOf(name.ToString()))).OrderBy(name => name.Slot).ThenBy(name => name.Label, StringComparer.Ordinal).ThenBy(name => name.Number))
        {
            LookInto(folder.PathOf(name.ToString()), wanted, found, syncs, buffer, line => ends?.Follow(name.Slot, line, wanted.Has(line.Span)));
        }

        return found;
    }

    private void LookInto(string path, LineIds wanted, LineIds found, bool syncs, byte[] buffer, Action<ReadOnlyMemory<byte>> hear)
    {
        try
        {
            using var file = files.OpenPlain(path, writable: false);
            var before = found.Count;
            for (var offset = 0L; file.Read(buffer, offset) is > 0 and var read;)
            {
                var whole = buffer.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
                AddFound(buffer.AsMemory(0, whole), wanted, found, hear);
                if (whole == 0 && read < buffer.Length)
                {
                    break;
                }

                // No event is as long as the buffer: what has no end in it is garbage.
                offset += whole > 0 ? whole : read;
            }

            if (syncs && found.Count > before)
            {
                file.Sync();
            }
        }
        catch (FileNotFoundException)
        {
            // Retention had it.
        }
    }

    private static void AddFound(ReadOnlyMemory<byte> lines, LineIds wanted, LineIds found, Action<ReadOnlyMemory<byte>> hear)
    {
        while (!lines.IsEmpty)
        {
            var length = lines.Span.IndexOf((byte)'\n');
            var line = lines[..length];
            if (wanted.Has(line.Span))
            {
                found.Add(line.Span);
            }

            hear(line);

            lines = lines[(length + 1)..];
        }
    }
}
