using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Reads whole lines from a file's end towards its beginning; what follows the last line feed is no line yet.</summary>
internal sealed class BackwardLineReader(IStorageFile file, long end) : ILineReader
{
    private const int ChunkBytes = 64 * 1024;
    private const int MaxLineBytes = 4 * 1024 * 1024;

    // The bytes from _offset on, as far as they are still to be read; the last of them is a line feed once the end was found.
    private byte[] _buffer = [];
    private long _offset = end;
    private int _count;
    private bool _foundEnd;

    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        while (true)
        {
            if (!_foundEnd)
            {
                _count = _buffer.AsSpan(0, _count).LastIndexOf((byte)'\n') + 1;
                _foundEnd = _count > 0;
            }

            var begin = _foundEnd ? _buffer.AsSpan(0, _count - 1).LastIndexOf((byte)'\n') + 1 : 0;
            if (_foundEnd && (begin > 0 || _offset == 0))
            {
                line = _buffer.AsMemory(begin, _count - 1 - begin);
                _count = begin;
                _foundEnd = begin > 0;
                return true;
            }

            if (_offset == 0)
            {
                line = default;
                return false;
            }

            Fill();
        }
    }

    public void Dispose() => file.Dispose();

    private void Fill()
    {
        if (_count >= MaxLineBytes)
        {
            // No event is as long: what is here of it is passed over.
            _count = 0;
            _foundEnd = false;
        }

        var read = (int)Math.Min(ChunkBytes, _offset);
        var larger = new byte[read + _count];
        _buffer.AsSpan(0, _count).CopyTo(larger.AsSpan(read));
        _offset -= read;
        file.Read(larger.AsSpan(0, read), _offset);
        _buffer = larger;
        _count += read;
    }
}
