using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace TelemetryActors.Cli.Ingest;

/// <summary>Ids for lines that have none: a hash over an input's lines up to this one, and the line's number.</summary>
/// <remarks>
/// They do not change when a file grows, is renamed or packed, so that what was taken stays known. Equal lines at different places have different ids.
/// An input that begins otherwise - another file, the same file without its first lines, two files in one - is another one from the first difference on.
/// </remarks>
internal sealed class LineChain
{
    private const int HashChars = 16;

    // The hash of all lines before the last, that of the last one, and how many empty ones stood between them.
    private readonly byte[] _joined = new byte[(2 * SHA256.HashSizeInBytes) + sizeof(long)];
    private long _empty;

    /// <summary>Takes the next line, without its line ending. Empty ones are counted, and hashed as a number with the next that is not: millions of them cost nothing.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            _empty++;
            return;
        }

        SHA256.HashData(line, _joined.AsSpan(SHA256.HashSizeInBytes));
        BinaryPrimitives.WriteInt64LittleEndian(_joined.AsSpan(2 * SHA256.HashSizeInBytes), _empty);

        // A line behind no empty one has the id that it had before these were counted.
        SHA256.HashData(_empty == 0 ? _joined.AsSpan(0, 2 * SHA256.HashSizeInBytes) : _joined, _joined.AsSpan(0, SHA256.HashSizeInBytes));
        _empty = 0;
    }

    /// <summary>The id of the line that was taken last.</summary>
    /// <param name="number">Its number.</param>
    public string IdOf(long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(_joined.AsSpan(0, HashChars / 2))}-{number}");
}
