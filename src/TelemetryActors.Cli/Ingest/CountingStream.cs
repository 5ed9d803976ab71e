namespace TelemetryActors.Cli.Ingest;

/// <summary>Counts what was read of a stream, for the progress, and shows its first bytes.</summary>
internal sealed class CountingStream(Stream inner) : Stream
{
    private byte[] _peeked = [];

    public long Count { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    /// <summary>The first bytes, which stay to be read.</summary>
    public ReadOnlySpan<byte> Peek(int bytes)
    {
        var peeked = new byte[bytes];
        var read = inner.ReadAtLeast(peeked, bytes, throwOnEndOfStream: false);
        _peeked = peeked[..read];
        return _peeked;
    }

    public override int Read(Span<byte> buffer)
    {
        if (_peeked.Length > 0)
        {
            var taken = Math.Min(buffer.Length, _peeked.Length);
            _peeked.AsSpan(0, taken).CopyTo(buffer);
            _peeked = _peeked[taken..];
            Count += taken;
            return taken;
        }

        var read = inner.Read(buffer);
        Count += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
