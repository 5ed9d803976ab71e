using System.Buffers;
using System.Text.Json;
using TelemetryActors.Engine;
using TelemetryActors.Privacy;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Configuration;

/// <summary>The recorded consent to uploads, in <c>state/consent.json</c> of a base directory (D.9, S2.61).</summary>
/// <remarks>Thread-safe; read anew each time, so a decision made in one process holds in all at once. What cannot be read is denied.</remarks>
public sealed class ConsentStore
{
    /// <summary>The version of the consent text that this release shows: that of <see cref="ConsentText.Current"/>.</summary>
    public const string CurrentTextVersion = ConsentText.Version;

    /// <summary>The cause that an upload's circuit shows while there is no consent.</summary>
    internal const string MissingCause = "no consent";

    internal const string FileName = "consent.json";

    private readonly IFileSystem _files;
    private readonly TimeProvider _time;
    private readonly SlotTails _tails;
    private readonly RedactionOptions _redaction;
    private readonly string _path;

    internal ConsentStore(IFileSystem files, string baseDirectory, TimeProvider time, SlotTails? tails = null, RedactionOptions? redaction = null)
    {
        _files = files;
        _time = time;
        _tails = tails ?? new SlotTails(files, baseDirectory);
        _redaction = redaction ?? new RedactionOptions();
        _path = Path.Combine(baseDirectory, "state", FileName);
    }

    /// <summary>What was last decided.</summary>
    public ConsentRecord Current => Read().Record;

    /// <summary>What may be uploaded as it was last decided; null when nothing may.</summary>
    internal ConsentCover? Cover => Read().Cover;

    internal Action Changed { get; set; } = () => { };

    /// <summary>Allows uploads from now on; what was recorded before is not uploaded, by any process. Said again, it covers what it covered before.</summary>
    /// <param name="who">Who decides: kept without secrets; a name or an e-mail address stays.</param>
    /// <param name="textVersion">Which text they agreed to.</param>
    /// <returns>Null when it is recorded; else why it could not be, and then nothing has changed.</returns>
    public string? Grant(string who, string textVersion = CurrentTextVersion) => Decide(isGranted: true, who, textVersion);

    /// <summary>Forbids uploads from now on.</summary>
    /// <param name="who">Who decides: kept without secrets; a name or an e-mail address stays.</param>
    /// <param name="textVersion">Which text they declined.</param>
    /// <returns>Null when it is recorded; else why it could not be, and then nothing has changed.</returns>
    public string? Deny(string who, string textVersion = CurrentTextVersion) => Decide(isGranted: false, who, textVersion);

    private string? Decide(bool isGranted, string who, string textVersion)
    {
        var now = _time.GetUtcNow();
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            Write(buffer, isGranted ? Cover ?? new ConsentCover(now, _tails.Now()) : null, who, now, textVersion);
            AtomicFile.WriteShared(_files, _path, buffer.WrittenSpan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"{_path} could not be written: {exception.Message}";
        }

        Changed();
        return null;
    }

    private void Write(ArrayBufferWriter<byte> buffer, ConsentCover? cover, string who, DateTimeOffset now, string textVersion)
    {
        var said = new AuditText(_redaction);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("consent", cover is null ? "denied" : "granted");
            json.WriteString("who", said.Who(who));
            json.WriteString("ts", now.UtcDateTime);
            json.WriteString("text_version", said.Who(textVersion));
            if (textVersion == ConsentText.Version)
            {
                json.WriteString("text_sha256", ConsentText.Sha256);
            }

            cover?.Write(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
    }

    private (ConsentRecord Record, ConsentCover? Cover) Read()
    {
        try
        {
            return _files.Identify(_path) is null ? (ConsentRecord.None, null) : Parse(WholeFile.Read(_files, _path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or FormatException
            or InvalidOperationException or KeyNotFoundException or ArgumentException or OverflowException)
        {
            return (ConsentRecord.None, null);
        }
    }

    // A consent that does not say since when covers nothing.
    private static (ConsentRecord Record, ConsentCover? Cover) Parse(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var json = document.RootElement;
        var cover = Text(json, "consent") == "granted" ? ConsentCover.Read(json) : null;
        var record = new ConsentRecord(
            cover is not null, Text(json, "who"), json.TryGetProperty("ts", out var when) ? when.GetDateTimeOffset() : null, Text(json, "text_version"))
        {
            TextSha256 = Text(json, "text_sha256"),
        };
        return (record, cover);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
