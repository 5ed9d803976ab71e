using System.Globalization;
using System.IO.Compression;

namespace TelemetryActors.Cli.Ingest;

/// <summary>Unpacks gzip data, several members too, and notices when they are damaged or cut off.</summary>
/// <remarks>
/// The runtime's own stream ends in silence where the data are cut off, and takes a missing checksum for none. So a small member of ours stands behind
/// the data: only when that comes out at the end was everything before it whole. What follows the last member and is no gzip is passed over, as gzip does.
/// </remarks>
internal sealed class GzipInput : ForwardStream
{
    private readonly SealedInput _packed;
    private readonly GZipStream _text;

    // The last bytes that were unpacked may be the seal, and are held back until more has come.
    private byte[] _unpacked = [];
    private int _held;

    public GzipInput(CountingStream packed)
    {
        _packed = new SealedInput(packed);
        _text = new GZipStream(_packed, CompressionMode.Decompress);
    }

    /// <exception cref="InvalidDataException">The data are damaged or cut off; the message says which and where.</exception>
    public override int Read(Span<byte> buffer)
    {
        var seal = SealedInput.SealBytes;
        if (_unpacked.Length < buffer.Length + seal.Length)
        {
            Array.Resize(ref _unpacked, buffer.Length + seal.Length);
        }

        while (true)
        {
            var read = Unpack(_unpacked.AsSpan(_held, buffer.Length));
            if (read == 0)
            {
                return _unpacked.AsSpan(0, _held).SequenceEqual(seal) ? 0 : throw CutOff();
            }

            var count = _held + read;
            var given = Math.Max(count - seal.Length, 0);
            _unpacked.AsSpan(0, given).CopyTo(buffer);
            _unpacked.AsSpan(given, count - given).CopyTo(_unpacked);
            _held = count - given;
            if (given > 0)
            {
                return given;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _text.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Unpack(Span<byte> buffer)
    {
        try
        {
            return _text.Read(buffer);
        }
        catch (InvalidDataException)
        {
            // Its message speaks of zip archives.
            throw _packed.HasEnded ? CutOff() : Damaged();
        }
    }

    private InvalidDataException CutOff() =>
        new(string.Create(CultureInfo.InvariantCulture, $"the gzip data are cut off at byte {_packed.Count}"));

    private InvalidDataException Damaged() =>
        new(string.Create(CultureInfo.InvariantCulture, $"the gzip data are damaged before byte {_packed.Count}: they do not unpack, or a checksum is wrong"));
}
