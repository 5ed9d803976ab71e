using TelemetryActors.Storage;

namespace TelemetryActors.Log;

/// <summary>Finds the anchors of a log file and counts the events behind each.</summary>
internal static class LogScanner
{
    private const int ChunkBytes = 256 * 1024;
    private const int LongestLineBytes = 1024 * 1024;

    /// <summary>Reads a file from an offset on.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">Its name in the log's directory.</param>
    /// <param name="offset">A line's first byte.</param>
    /// <param name="current">The stretch that goes on at the offset; null at the file's beginning.</param>
    /// <returns>The stretches found, the given one first and lengthened; and the first byte behind the last whole line.</returns>
    public static (List<LogStretch> Stretches, long End) Scan(IStorageFile file, string name, long offset, LogStretch? current)
    {
        var found = new List<LogStretch>();
        if (current is not null)
        {
            found.Add(current);
        }

        var buffer = new byte[ChunkBytes];
        var position = offset;
        while (true)
        {
            var read = file.Read(buffer, position);
            var whole = buffer.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
            if (whole == 0)
            {
                if (read < buffer.Length)
                {
                    return (found, position);
                }

                if (buffer.Length < LongestLineBytes)
                {
                    // A line longer than the chunk: garbage, or a larger limit once configured.
                    Array.Resize(ref buffer, buffer.Length * 2);
                    continue;
                }

                if (NextLine(file, position + read, buffer) is not { } next)
                {
                    return (found, position);
                }

                found.LastOrDefault()?.Extend(next - position, 0);
                position = next;
                continue;
            }

            ScanLines(buffer.AsSpan(0, whole), name, position, found);
            position += whole;
        }
    }

    /// <summary>Finds where the line behind the one at an offset begins.</summary>
    /// <returns>Null when the file ends before.</returns>
    public static long? NextLine(IStorageFile file, long position, Span<byte> buffer)
    {
        for (var read = file.Read(buffer, position); read > 0; read = file.Read(buffer, position))
        {
            var feed = buffer[..read].IndexOf((byte)'\n');
            if (feed >= 0)
            {
                return position + feed + 1;
            }

            position += read;
        }

        return null;
    }

    private static void ScanLines(ReadOnlySpan<byte> lines, string name, long offset, List<LogStretch> found)
    {
        while (!lines.IsEmpty)
        {
            var length = lines.IndexOf((byte)'\n') + 1;
            var line = lines[..(length - 1)];
            if (LogAnchor.TryParse(line, out var next, out var gap, out var generation))
            {
                found.Add(new LogStretch(name, offset + length, next, 0, 0, gap, generation));
            }
            else if (found.Count > 0)
            {
                found[^1].Extend(length, LogAnchor.LooksLikeEvent(line) ? 1 : 0);
            }

            offset += length;
            lines = lines[length..];
        }
    }
}
