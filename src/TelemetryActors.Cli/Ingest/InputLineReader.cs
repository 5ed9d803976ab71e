using TelemetryActors.Encoding;

namespace TelemetryActors.Cli.Ingest;

/// <summary>Reads a stream line by line in bounded memory.</summary>
internal sealed class InputLineReader(Stream stream)
{
    /// <summary>Bytes of a line that is taken, at the most: 64 KiB.</summary>
    public const int MaxLineBytes = EventEncoder.LongestLineBytes;

    /// <summary>Bytes of a line that is kept for the quarantine, at the most: 4 MiB. What is longer is cut there.</summary>
    public const int MaxKeptBytes = 4 * 1024 * 1024;

    private readonly byte[] _chunk = new byte[128 * 1024];
    private byte[] _line = new byte[MaxLineBytes];
    private int _kept;
    private int _start;
    private int _end;

    /// <summary>The line's number, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The current line without its line feed, as far as it is kept; what there is of it when reading failed within it.</summary>
    public ReadOnlyMemory<byte> Line => _line.AsMemory(0, _kept);

    /// <summary>Bytes of the current line, kept or not.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the current line is longer than what is taken.</summary>
    public bool IsTooLong => Length > MaxLineBytes;

    /// <summary>Whether the current line is longer than what is kept.</summary>
    public bool IsCut => Length > _kept;

    /// <summary>Goes on to the next line.</summary>
    /// <returns>False at the end.</returns>
    public bool Read()
    {
        (_kept, Length) = (0, 0);
        Number++;
        var hasBegun = false;
        while (_start < _end || Fill())
        {
            hasBegun = true;
            var rest = _chunk.AsSpan(_start, _end - _start);
            var feed = rest.IndexOf((byte)'\n');
            var part = feed < 0 ? rest : rest[..feed];
            Keep(part);
            _start += part.Length + (feed < 0 ? 0 : 1);
            if (feed >= 0)
            {
                break;
            }
        }

        return hasBegun;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        Length += part.Length;
        part = part[..Math.Min(part.Length, MaxKeptBytes - _kept)];
        if (_kept + part.Length > _line.Length)
        {
            Array.Resize(ref _line, Math.Min(Math.Max(_line.Length * 2, _kept + part.Length), MaxKeptBytes));
        }

        part.CopyTo(_line.AsSpan(_kept));
        _kept += part.Length;
    }

    private bool Fill()
    {
        (_start, _end) = (0, 0);
        _end = stream.Read(_chunk);
        return _end > 0;
    }
}
