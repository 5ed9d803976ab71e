namespace TelemetryActors.Cli.Ingest;

/// <summary>Counts what was read of a stream, for the progress, and shows its first bytes.</summary>
internal sealed class CountingStream(Stream inner) : ForwardStream
{
    private byte[] _peeked = [];

    public long Count { get; private set; }

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

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
