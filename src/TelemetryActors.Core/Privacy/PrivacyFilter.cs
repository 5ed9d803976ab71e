using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Runs;

namespace TelemetryActors.Privacy;

/// <summary>Takes out of a stored line what is left of personal data: lines of other writers, or written while redaction was off (S1.11, S1.12, D.8).</summary>
/// <remarks>
/// Members whose name says that they are about a person, a machine or a place go as a whole, the envelope's <c>user_id</c> among them; texts and names are
/// scanned. A line with no finding is left byte for byte as it is; one with a finding is valid JSON again. Not thread-safe.
/// </remarks>
internal sealed class PrivacyFilter : IDisposable
{
    // Digits that a card number has at the least: a number of JSON may be one, too.
    private const int CardDigits = 13;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly Redactor Redactor = NewRedactor();

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _writer;
    private readonly PlaceMembers _places = new();

    // Where the objects begin that the reader is within, by depth.
    private readonly List<int> _objects = [];
    private bool _found;

    public PrivacyFilter() => _writer = new Utf8JsonWriter(_buffer, Writing);

    /// <summary>Strips a line.</summary>
    /// <param name="line">An event's line, without its line feed.</param>
    /// <param name="stripped">What may go; valid until the next call. The line itself when there is no finding.</param>
    /// <returns>Whether there was a finding; null when the line is no event, and nothing of it may go.</returns>
    public bool? Strip(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> stripped)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        _found = false;
        stripped = line;
        try
        {
            var reader = new Utf8JsonReader(line, JsonLine.ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            Copy(ref reader, line);
        }
        catch (JsonException)
        {
            return null;
        }

        _writer.Flush();
        stripped = _found ? _buffer.WrittenSpan : line;
        return _found;
    }

    public void Dispose() => _writer.Dispose();

    private void Copy(ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        _objects.Clear();
        Enter(reader);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    Member(ref reader, line);
                    break;
                case JsonTokenType.StartObject:
                    Enter(reader);
                    break;
                case JsonTokenType.EndObject:
                    _objects.RemoveAt(_objects.Count - 1);
                    _writer.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    _writer.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    _writer.WriteEndArray();
                    break;
                default:
                    Value(in reader);
                    break;
            }
        }
    }

    private void Enter(in Utf8JsonReader reader)
    {
        _objects.Add((int)reader.TokenStartIndex);
        _writer.WriteStartObject();
    }

    private void Member(ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        var name = TextOf(in reader);
        if (name is null || Redactor.IsSensitiveName(name))
        {
            reader.Read();
            if (name is not null && (reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(Redactor.Mark))))
            {
                // There is nothing left in it to take out.
                _writer.WritePropertyName(name);
                Scalar(in reader);
                return;
            }

            reader.Skip();
            _found = true;
            return;
        }

        if (_places.Holds(name, reader, line[_objects[^1]..]))
        {
            reader.Read();
            reader.Skip();
            _found = true;
            return;
        }

        _writer.WritePropertyName(Clean(name));
        if (reader.CurrentDepth == 1 && IsOurs(name, reader))
        {
            reader.Read();
            Scalar(in reader);
        }
        else if (reader.CurrentDepth == 1 && name == "run_id" && RunAhead(reader) is { } run)
        {
            reader.Read();
            _writer.WriteStringValue(PersonalRunId.Is(run, line, text => Clean(text) != text) ? Redactor.Mark : run.Text);
        }
    }

    private static RunId? RunAhead(Utf8JsonReader ahead)
    {
        ahead.Read();
        return RunId.TryParse(TextOf(in ahead), out var run, out _) ? run : null;
    }

    // Times, and the ids that this product gives: digits without a meaning.
    private static bool IsOurs(string name, Utf8JsonReader ahead)
    {
        ahead.Read();
        return name switch
        {
            "ts" or "received_ts" => ahead.TokenType == JsonTokenType.Number || (TextOf(in ahead) is { } text && InstantText.TryParse(text, out _)),
            "id" => ahead.TokenType == JsonTokenType.String && EventId.IsId(ahead.ValueSpan),
            _ => false,
        };
    }

    private void Value(in Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length >= CardDigits && Redactor.Redact(System.Text.Encoding.ASCII.GetString(reader.ValueSpan)) is not null)
        {
            _found = true;
            _writer.WriteStringValue(Redactor.Mark);
        }
        else if (reader.TokenType == JsonTokenType.String)
        {
            var text = TextOf(in reader);
            _found |= text is null;
            _writer.WriteStringValue(text is null ? Redactor.Mark : Clean(text));
        }
        else
        {
            Scalar(in reader);
        }
    }

    private void Scalar(in Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            _writer.WriteStringValue(reader.GetString());
        }
        else
        {
            _writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
        }
    }

    private string Clean(string text)
    {
        var clean = PlaceText.Strip(text);
        clean = PersonalText.Strip(Redactor.Redact(clean) ?? clean);
        _found |= clean != text;
        return clean;
    }

    // An escaped half of a surrogate pair is JSON by its grammar and no text.
    internal static string? TextOf(in Utf8JsonReader reader)
    {
        try
        {
            return reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? reader.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static Redactor NewRedactor()
    {
        var options = new RedactionOptions();
        foreach (var name in PersonalNames.InSentences)
        {
            options.Fields.Add(name);
        }

        return new Redactor(options, PlaceWords.Certain);
    }
}
