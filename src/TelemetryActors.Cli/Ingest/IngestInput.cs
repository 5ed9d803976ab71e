using System.Security.Cryptography;

namespace TelemetryActors.Cli.Ingest;

/// <summary>One input: a file or standard input, plain or gzip, and the ids of those of its lines that have none.</summary>
internal sealed class IngestInput : IDisposable
{
    public const string StandardInput = "-";

    private static readonly byte[] GzipMark = [0x1f, 0x8b];

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    private readonly CountingStream _raw;
    private readonly Stream _text;
    private readonly LineChain _ids = new();

    /// <param name="name">A file, or <see cref="StandardInput"/>.</param>
    /// <param name="ended">Ends the wait for what comes.</param>
    public IngestInput(string name, CancellationToken ended)
    {
        Name = name;
        var input = name == StandardInput ? WaitedInput.OfStandardInput(ended) : WaitedInput.Of(name, ended);
        Length = input.Known;
        _raw = new CountingStream(input);
        _text = _raw.Peek(GzipMark.Length).SequenceEqual(GzipMark) ? new GzipInput(_raw) : _raw;
        Lines = new InputLineReader(_text);
    }

    public string Name { get; }

    public InputLineReader Lines { get; }

    /// <summary>The current line, without the byte order mark that a file may begin with.</summary>
    public ReadOnlyMemory<byte> Line => Lines.Number == 1 && Lines.Line.Span.StartsWith(ByteOrderMark) ? Lines.Line[ByteOrderMark.Length..] : Lines.Line;

    /// <summary>What is wrong behind the last line, at the end; null when nothing is.</summary>
    public string? Behind => (_text as GzipInput)?.Behind;

    /// <summary>Bytes of the file; null when nobody knows.</summary>
    public long? Length { get; }

    /// <summary>Bytes read so far, before they were unpacked.</summary>
    public long Consumed => _raw.Count;

    /// <summary>Goes on to the next line.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">The input is damaged.</exception>
    /// <exception cref="OperationCanceledException">The wish to end came first.</exception>
    public bool Read()
    {
        if (!Lines.Read())
        {
            return false;
        }

        _ids.Add(Line.Span.TrimEnd((byte)'\r'));
        return true;
    }

    /// <summary>The id of the current line when it has none of its own.</summary>
    public string DerivedId() => _ids.IdOf(Lines.Number);

    /// <summary>What a refused line is known by: its place, as <see cref="DerivedId"/> says it, what stands there, and why it is refused.</summary>
    public string RefusedId(ReadOnlySpan<byte> bytes, string reason) => $"refused {DerivedId()} {Convert.ToHexStringLower(SHA256.HashData(bytes))} {reason}";

    public void Dispose()
    {
        _text.Dispose();
        _raw.Dispose();
    }
}
