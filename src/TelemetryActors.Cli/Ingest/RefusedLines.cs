using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using TelemetryActors.Privacy;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Ingest;

/// <summary>Keeps the lines that were refused in <c>raw/quarantine/ingest-&lt;time&gt;-&lt;process&gt;.ndjson</c>: file, line, reason, and the line itself, redacted.</summary>
/// <remarks>Only its owner may read the file: what is no event may hold secrets that nothing knows for such.</remarks>
internal sealed class RefusedLines(string directory, DateTimeOffset now, Redactor redactor) : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _line = new();
    private LimitedFileStream? _file;

    /// <summary>Where they are; null while there are none.</summary>
    public string? Path { get; private set; }

    /// <param name="input">The input's name.</param>
    /// <param name="number">The line's number in it.</param>
    /// <param name="reason">Why it was refused.</param>
    /// <param name="line">The line, or its beginning.</param>
    /// <param name="isCut">Whether it is only the beginning.</param>
    public void Add(string input, long number, string reason, ReadOnlySpan<byte> line, bool isCut)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, Options))
        {
            json.WriteStartObject();
            json.WriteString("file", input);
            json.WriteNumber("line", number);
            json.WriteString("reason", RefusedText.Redact(reason, redactor));
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
        Path = System.IO.Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"ingest-{time}-{Environment.ProcessId}.ndjson"));
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new LimitedFileStream(Path, options, Path);
    }
}
