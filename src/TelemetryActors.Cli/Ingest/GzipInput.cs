using System.Globalization;
using System.IO.Compression;

namespace TelemetryActors.Cli.Ingest;

/// <summary>Unpacks gzip data, several members too (RFC 1952), and says when they are damaged, cut off or followed by something else.</summary>
/// <remarks>
/// The runtime's own gzip stream ends in silence where data are cut off, and throws away what it has unpacked of the call in which it meets damage.
/// Here it only inflates, and gets its data byte by byte: then all before the damage comes out, and it takes nothing that stands behind its end.
/// Zeros behind the last member are padding, as gzip takes them.
/// </remarks>
internal sealed class GzipInput(CountingStream packed) : ForwardStream
{
    private const byte Padding = 0;
    private const byte FirstMark = 0x1f;
    private const byte SecondMark = 0x8b;

    private readonly GzipBytes _bytes = new(packed);
    private readonly GzipChecksum _checksum = new();
    private DeflateStream? _member;
    private bool _hasEnded;

    /// <summary>What is wrong behind the data, once they were read to their end; null when nothing is.</summary>
    public string? Behind { get; private set; }

    /// <exception cref="InvalidDataException">The data are damaged or cut off; the message says which and where.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_member is not null || (!_hasEnded && TryBegin()))
        {
            var read = Inflate(buffer);
            if (read > 0)
            {
                _checksum.Add(buffer[..read]);
                return read;
            }

            EndMember();
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _member?.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Inflate(Span<byte> buffer)
    {
        try
        {
            return _member!.Read(buffer);
        }
        catch (InvalidDataException)
        {
            // Its message speaks of zip archives.
            throw _bytes.HasEnded ? GzipBytes.CutOff(_bytes.Count) : Damaged("they do not unpack");
        }
    }

    private bool TryBegin()
    {
        if (_bytes.AtEnd)
        {
            _hasEnded = true;
            return false;
        }

        var begin = _bytes.Count;
        var first = _bytes.Next();
        if (first == Padding && begin > 0)
        {
            _bytes.SkipZeros();
            begin = _bytes.Count;
            _hasEnded = _bytes.AtEnd;
        }

        if (_hasEnded)
        {
            return false;
        }

        if (first != FirstMark || _bytes.AtEnd || _bytes.Next() != SecondMark)
        {
            _hasEnded = true;
            Behind = string.Create(CultureInfo.InvariantCulture, $"something else follows the gzip data at byte {begin}, and is not taken");
            return false;
        }

        _bytes.SkipHeader();
        _checksum.Begin();
        _member = new DeflateStream(_bytes, CompressionMode.Decompress, leaveOpen: true);
        return true;
    }

    private void EndMember()
    {
        if (_bytes.HasEnded)
        {
            // The inflater asked for more than there is.
            throw GzipBytes.CutOff(_bytes.Count);
        }

        _member!.Dispose();
        _member = null;
        var sum = _bytes.NextNumber();
        var length = _bytes.NextNumber();
        if (sum != _checksum.Sum || length != _checksum.Length)
        {
            throw Damaged("a checksum is wrong");
        }
    }

    private InvalidDataException Damaged(string why) =>
        new(string.Create(CultureInfo.InvariantCulture, $"the gzip data are damaged before byte {_bytes.Count}: {why}"));
}
