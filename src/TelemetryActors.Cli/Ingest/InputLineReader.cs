namespace TelemetryActors.Cli.Ingest;

/// <summary>Reads a stream line by line in bounded memory.</summary>
internal sealed class InputLineReader(Stream stream)
{
    /// <summary>Bytes of a line that is taken, at the most.</summary>
    public const int MaxLineBytes = 64 * 1024;

    private readonly byte[] _chunk = new byte[128 * 1024];
    private readonly byte[] _line = new byte[MaxLineBytes];
    private int _start;
    private int _end;

    /// <summary>The line's number, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The next line without its line feed, or its beginning when it is too long; null at the end.</summary>
    public ReadOnlyMemory<byte>? Read(out bool isTooLong)
    {
        isTooLong = false;
        var length = 0;
        var hasBegun = false;
        while (_start < _end || Fill())
        {
            hasBegun = true;
            var rest = _chunk.AsSpan(_start, _end - _start);
            var feed = rest.IndexOf((byte)'\n');
            var part = feed < 0 ? rest : rest[..feed];
            var kept = part[..Math.Min(part.Length, MaxLineBytes - length)];
            kept.CopyTo(_line.AsSpan(length));
            length += kept.Length;
            isTooLong |= kept.Length < part.Length;
            _start += part.Length + (feed < 0 ? 0 : 1);
            if (feed >= 0)
            {
                break;
            }
        }

        if (!hasBegun)
        {
            return null;
        }

        Number++;
        return _line.AsMemory(0, length);
    }

    private bool Fill()
    {
        _start = 0;
        _end = stream.Read(_chunk);
        return _end > 0;
    }
}
