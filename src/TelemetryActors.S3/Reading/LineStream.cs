namespace TelemetryActors.Sinks.S3.Reading;

/// <summary>The lines of a stream, each with its line feed.</summary>
internal sealed class LineStream(Stream stream) : IDisposable
{
    // As other readers of lines have it: no event is nearly as long.
    private const int MaxLineBytes = 4 * 1024 * 1024;

    private byte[] _buffer = new byte[128 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next line, valid until the next read; empty at the end.</summary>
    /// <exception cref="InvalidDataException">What is compressed is damaged, or a line is longer than any of ours.</exception>
    public ReadOnlyMemory<byte> Read()
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n') + 1;
            if (length > 0)
            {
                _start += length;
                return _buffer.AsMemory(_start - length, length);
            }

            if (!Fill())
            {
                var rest = _buffer.AsMemory(_start, _end - _start);
                _start = _end;
                return rest;
            }
        }
    }

    public void Dispose() => stream.Dispose();

    private bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end >= MaxLineBytes)
        {
            throw new InvalidDataException($"A line is longer than {MaxLineBytes} bytes.");
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = stream.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}
