using System.Runtime.CompilerServices;
using System.Text.Json;

namespace TelemetryActors.Encoding;

/// <summary>Where the parts of a line stand, and those that are numbers and times.</summary>
internal struct EventLineParts
{
    public DateTimeOffset Timestamp;
    public DateTimeOffset? ReceivedTimestamp;
    public long? Weight;
    public long? RunSequence;
    public ValueRanges Values;

    /// <summary>Reads a line whose text is valid.</summary>
    /// <exception cref="JsonException">It is not JSON, or too deep.</exception>
    public LineFault Read(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, JsonLine.ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return reader.Read() ? new LineFault(LineFaultKind.NotJson) : new LineFault(LineFaultKind.NotAnObject);
        }

        var seen = 0;
        var fault = LineFault.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = EnvelopeKeys.Of(in reader);
            var isSecond = key != EnvelopeKey.Unknown && (seen & (1 << (int)key)) != 0;
            seen |= 1 << (int)key;
            reader.Read();
            var found = isSecond ? new LineFault(LineFaultKind.DuplicateKey, EnvelopeKeys.NameOf(key)) : Take(key, ref reader);
            fault = fault == LineFault.None ? found : fault;
        }

        // Reads on to the end, so that what is no JSON is called that, whatever else is wrong.
        while (reader.Read())
        {
        }

        return fault != LineFault.None ? fault : MissingKey(seen);
    }

    private readonly LineFault MissingKey(int seen)
    {
        if (Values[(int)EnvelopeKey.Event].Length == 0)
        {
            return new LineFault(LineFaultKind.MissingKey, EnvelopeKeys.NameOf(EnvelopeKey.Event));
        }

        return (seen & (1 << (int)EnvelopeKey.Timestamp)) == 0
            ? new LineFault(LineFaultKind.MissingKey, EnvelopeKeys.NameOf(EnvelopeKey.Timestamp))
            : LineFault.None;
    }

    private LineFault Take(EnvelopeKey key, ref Utf8JsonReader reader)
    {
        var isAbsent = reader.TokenType == JsonTokenType.Null && key is not (EnvelopeKey.Timestamp or EnvelopeKey.Event);
        if (key == EnvelopeKey.Unknown || isAbsent)
        {
            reader.Skip();
            return LineFault.None;
        }

        var kind = key switch
        {
            EnvelopeKey.Timestamp => TakeTimestamp(in reader, out Timestamp),
            EnvelopeKey.ReceivedTimestamp => TakeReceived(in reader),
            EnvelopeKey.Weight => TakeNumber(in reader, 1, out Weight),
            EnvelopeKey.RunSequence => TakeNumber(in reader, 0, out RunSequence),
            EnvelopeKey.Details => reader.TokenType == JsonTokenType.StartObject ? LineFaultKind.None : LineFaultKind.WrongType,
            _ => CheckText(in reader, key),
        };

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        Values[(int)key] = new ValueRange(start, (int)reader.BytesConsumed - start);
        return kind == LineFaultKind.None ? LineFault.None : new LineFault(kind, EnvelopeKeys.NameOf(key));
    }

    private LineFaultKind TakeReceived(in Utf8JsonReader reader)
    {
        var kind = TakeTimestamp(in reader, out var received);
        ReceivedTimestamp = received;
        return kind;
    }

    private static LineFaultKind TakeTimestamp(in Utf8JsonReader reader, out DateTimeOffset instant)
    {
        instant = default;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return reader.TryGetDecimal(out var number) && InstantText.TryFromEpoch(number, out instant)
                    ? LineFaultKind.None
                    : LineFaultKind.BadTimestamp;
            case JsonTokenType.String when InstantText.TryParseOwn(reader.ValueSpan, out instant):
                return LineFaultKind.None;
            case JsonTokenType.String when reader.ValueSpan.Length <= InstantText.MaxChars && !reader.ValueIsEscaped:
                Span<char> text = stackalloc char[InstantText.MaxChars];
                return InstantText.TryParse(text[..reader.CopyString(text)], out instant) ? LineFaultKind.None : LineFaultKind.BadTimestamp;
            case JsonTokenType.String:
                return LineFaultKind.BadTimestamp;
            default:
                return LineFaultKind.WrongType;
        }
    }

    private static LineFaultKind TakeNumber(in Utf8JsonReader reader, long min, out long? value)
    {
        value = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= min ? number : null;
        return value is null ? LineFaultKind.WrongType : LineFaultKind.None;
    }

    private static LineFaultKind CheckText(in Utf8JsonReader reader, EnvelopeKey key)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return reader.TokenType == JsonTokenType.Null ? LineFaultKind.MissingKey : LineFaultKind.WrongType;
        }

        try
        {
            return reader.ValueIsEscaped && reader.GetString() is null ? LineFaultKind.InvalidText
                : key == EnvelopeKey.Event && reader.ValueSpan.IndexOfAnyExcept((byte)' ') < 0 ? LineFaultKind.MissingKey
                : LineFaultKind.None;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: JSON by its grammar, no text.
            return LineFaultKind.InvalidText;
        }
    }

    [InlineArray((int)EnvelopeKey.Unknown)]
    internal struct ValueRanges
    {
        private ValueRange _first;
    }
}
