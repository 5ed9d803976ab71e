using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace TelemetryActors.Cli.Ingest;

/// <summary>One input: a file or standard input, plain or gzip, and the ids of those of its lines that have none.</summary>
/// <remarks>
/// Such an id is a hash and the line's number. A file's hash is over its content, so the same file fed again has the same ids and another file has
/// others. Standard input comes once: there the hash is over everything up to the line.
/// </remarks>
internal sealed class IngestInput : IDisposable
{
    public const string StandardInput = "-";

    private const int HashChars = 16;
    private static readonly byte[] GzipMark = [0x1f, 0x8b];

    private readonly CountingStream _raw;
    private readonly Stream _text;
    private readonly string? _contentHash;
    private readonly IncrementalHash? _runningHash;

    public IngestInput(string name)
    {
        Name = name;
        if (name == StandardInput)
        {
            _raw = new CountingStream(Console.OpenStandardInput());
            _runningHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }
        else
        {
            using (var file = File.OpenRead(name))
            {
                _contentHash = Short(SHA256.HashData(file));
                Length = file.Length;
            }

            _raw = new CountingStream(File.OpenRead(name));
        }

        _text = _raw.Peek(GzipMark.Length).SequenceEqual(GzipMark) ? new GZipStream(_raw, CompressionMode.Decompress) : _raw;
        Lines = new InputLineReader(_text);
    }

    public string Name { get; }

    public InputLineReader Lines { get; }

    /// <summary>Bytes of the file; null when nobody knows.</summary>
    public long? Length { get; }

    /// <summary>Bytes read so far, before they were unpacked.</summary>
    public long Consumed => _raw.Count;

    /// <summary>Takes note of a line; to be called for each, before its id is asked for.</summary>
    public void Note(ReadOnlySpan<byte> line)
    {
        _runningHash?.AppendData(line);
        _runningHash?.AppendData("\n"u8);
    }

    /// <summary>The id of the current line when it has none of its own.</summary>
    public string DerivedId() =>
        string.Create(CultureInfo.InvariantCulture, $"{_contentHash ?? Short(_runningHash!.GetCurrentHash())}-{Lines.Number}");

    public void Dispose()
    {
        _text.Dispose();
        _raw.Dispose();
        _runningHash?.Dispose();
    }

    private static string Short(byte[] hash) => Convert.ToHexStringLower(hash)[..HashChars];
}
