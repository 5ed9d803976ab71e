using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Reads whole lines from an offset on; a last line without its line feed is left for later.</summary>
internal sealed class ForwardLineReader(IStorageFile file, long offset, long end) : ILineReader
{
    private const int ChunkBytes = 128 * 1024;
    private const int MaxLineBytes = 4 * 1024 * 1024;

    private byte[] _buffer = new byte[ChunkBytes];
    private long _fileOffset = offset;
    private int _start;
    private int _count;
    private bool _skips;

    /// <summary>Behind the last line that was read.</summary>
    public long Offset => _fileOffset + _start;

    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        while (true)
        {
            var feed = _buffer.AsSpan(_start, _count - _start).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                line = _buffer.AsMemory(_start, feed);
                _start += feed + 1;
                if (!_skips)
                {
                    return true;
                }

                _skips = false;
            }
            else if (!TryFill())
            {
                line = default;
                return false;
            }
        }
    }

    public void Dispose() => file.Dispose();

    private bool TryFill()
    {
        if (_start == 0 && _count == _buffer.Length)
        {
            if (_buffer.Length >= MaxLineBytes)
            {
                // No event is as long: what is here of it is passed over.
                _skips = true;
                _start = _count;
            }
            else
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
        }

        _buffer.AsSpan(_start, _count - _start).CopyTo(_buffer);
        _fileOffset += _start;
        _count -= _start;
        _start = 0;
        var room = (int)Math.Min(_buffer.Length - _count, end - _fileOffset - _count);
        var read = room <= 0 ? 0 : file.Read(_buffer.AsSpan(_count, room), _fileOffset + _count);
        _count += read;
        return read > 0;
    }
}
