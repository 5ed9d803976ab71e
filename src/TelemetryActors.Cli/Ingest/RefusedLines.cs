using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using TelemetryActors.Privacy;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Ingest;

/// <summary>Keeps the lines that were refused in <c>raw/quarantine/ingest-&lt;time&gt;-&lt;process&gt;.ndjson</c>: file, line, reason, what it is known by, and the line itself, redacted.</summary>
/// <remarks>Only its owner may read the file: what is no event may hold secrets that nothing knows for such.</remarks>
internal sealed class RefusedLines(string directory, DateTimeOffset now, Redactor redactor) : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Prefix = "ingest-";
    private const string KnownBy = "known_by";

    private readonly ArrayBufferWriter<byte> _line = new();
    private LimitedFileStream? _file;

    /// <summary>Where they are; null while there are none.</summary>
    public string? Path { get; private set; }

    /// <param name="input">The input's name.</param>
    /// <param name="number">The line's number in it.</param>
    /// <param name="reason">Why it was refused.</param>
    /// <param name="line">The line, or its beginning.</param>
    /// <param name="isCut">Whether it is only the beginning.</param>
    /// <param name="hash">What it is known by.</param>
    public void Add(string input, long number, string reason, ReadOnlySpan<byte> line, bool isCut, ulong hash)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, Options))
        {
            json.WriteStartObject();
            json.WriteString("file", input);
            json.WriteNumber("line", number);
            json.WriteString("reason", RefusedText.Redact(reason, redactor));
            json.WriteString(KnownBy, hash.ToString("x16", CultureInfo.InvariantCulture));
            if (Utf8.IsValid(line))
            {
                json.WriteString("text", RefusedText.Redact(System.Text.Encoding.UTF8.GetString(line), redactor));
            }
            else
            {
                json.WriteBase64String("base64", RefusedText.Redact(line, redactor));
            }

            if (isCut)
            {
                json.WriteBoolean("cut", true);
            }

            json.WriteEndObject();
        }

        _line.Write("\n"u8);
        (_file ??= Create()).Write(_line.WrittenSpan);
    }

    /// <summary>Learns what the last ingestion kept here that refused anything, and brings it to the device: it may have been killed before that.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public void Learn(IngestedIds ids)
    {
        var last = DiskFileSystem.Instance.List(directory).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Max(StringComparer.Ordinal);
        if (last is null)
        {
            return;
        }

        var path = System.IO.Path.Combine(directory, last);
        using (var file = DiskFileSystem.Instance.Open(path, writable: true))
        {
            file.Sync();
        }

        foreach (var hash in File.ReadLines(path).Select(HashIn).OfType<ulong>())
        {
            ids.TryAdd(hash);
        }
    }

    // A line that a kill or a lost machine cut off is none.
    private static ulong? HashIn(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement is { ValueKind: JsonValueKind.Object } kept && kept.TryGetProperty(KnownBy, out var hash) && hash.ValueKind == JsonValueKind.String
                && ulong.TryParse(hash.GetString(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var known) ? known : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Brings what was added to the device: then it may be known for kept.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public void Sync()
    {
        if (_file is not null)
        {
            _file.Flush();
            NativeFile.Sync(_file.SafeFileHandle, _file.Name);
        }
    }

    public void Dispose() => _file?.Dispose();

    private LimitedFileStream Create()
    {
        Directory.CreateDirectory(directory);
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        Path = System.IO.Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{time}-{Environment.ProcessId}.ndjson"));
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new LimitedFileStream(Path, options, Path);
    }
}
