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

    private readonly byte[] _joined = new byte[2 * SHA256.HashSizeInBytes];

    /// <summary>Takes the next line, without its line ending. An empty one counts by the numbers of those behind it: millions of them cost nothing.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return;
        }

        SHA256.HashData(line, _joined.AsSpan(SHA256.HashSizeInBytes));
        SHA256.HashData(_joined, _joined.AsSpan(0, SHA256.HashSizeInBytes));
    }

    /// <summary>The id of the line that was taken last.</summary>
    /// <param name="number">Its number.</param>
    public string IdOf(long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(_joined.AsSpan(0, HashChars / 2))}-{number}");
}
