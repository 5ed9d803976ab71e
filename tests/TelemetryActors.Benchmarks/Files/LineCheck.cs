using System.Buffers.Text;
using System.Collections;
using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Files;

/// <summary>Reads what a contender left on disk and holds it against the events it was given.</summary>
internal sealed class LineCheck(int events)
{
    private readonly BitArray _seen = new(events);
    private long _lines;
    private long _bytes;
    private long _doubled;
    private long _malformed;

    /// <summary>Checks each <c>*.ndjson</c> file below the directory.</summary>
    public static LineCount Count(string directory, int events)
    {
        var check = new LineCheck(events);
        foreach (var path in Directory.EnumerateFiles(directory, "*.ndjson", SearchOption.AllDirectories))
        {
            check.Read(path);
        }

        return check.Result();
    }

    private void Read(string path)
    {
        using var file = File.OpenHandle(path);
        var buffer = new byte[1 << 20];
        long position = 0;
        var kept = 0;
        while (RandomAccess.Read(file, buffer.AsSpan(kept), position) is > 0 and var read)
        {
            position += read;
            var filled = buffer.AsSpan(0, kept + read);
            for (var end = filled.IndexOf((byte)'\n'); end >= 0; end = filled.IndexOf((byte)'\n'))
            {
                Line(filled[..end]);
                filled = filled[(end + 1)..];
            }

            kept = filled.Length;
            filled.CopyTo(buffer);
        }

        _malformed += kept > 0 ? 1 : 0;
    }

    private void Line(ReadOnlySpan<byte> line)
    {
        if (line is not [(byte)'{', .., (byte)'}'])
        {
            _malformed++;
            return;
        }

        var at = line.IndexOf("\"seq\":"u8);
        if (at < 0)
        {
            // A line of the contender's own, such as the anchor of a log.
            return;
        }

        var index = Utf8Parser.TryParse(line[(at + 6)..], out long seq, out _) ? seq - EventGenerator.FirstSeq : -1;
        if (index < 0 || index >= _seen.Length)
        {
            _malformed++;
            return;
        }

        _doubled += _seen[(int)index] ? 1 : 0;
        _seen[(int)index] = true;
        _lines++;
        _bytes += line.Length + 1;
    }

    private LineCount Result()
    {
        var missing = 0L;
        foreach (bool seen in _seen)
        {
            missing += seen ? 0 : 1;
        }

        return new LineCount(missing, _doubled, _malformed, _lines == 0 ? 0 : (double)_bytes / _lines);
    }
}
