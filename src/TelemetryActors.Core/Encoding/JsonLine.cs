using System.Text.Json;
using System.Text.Unicode;

namespace TelemetryActors.Encoding;

/// <summary>Checks what any line must be before a key of it is looked at.</summary>
internal static class JsonLine
{
    /// <summary>Objects and lists inside each other, the line's own object included, at the most.</summary>
    public const int MaxDepth = 64;

    // Deep enough to see that a line is too deep, and still bounded.
    private const int MaxScannedDepth = 1024;

    public static JsonReaderOptions ReaderOptions => new() { MaxDepth = MaxDepth };

    /// <summary>Finds what is wrong with a line as text.</summary>
    public static LineFault CheckText(ReadOnlySpan<byte> line)
    {
        if (line.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return new LineFault(LineFaultKind.Empty);
        }

        if (line.Contains((byte)0))
        {
            return new LineFault(LineFaultKind.NulByte);
        }

        return Utf8.IsValid(line) ? LineFault.None : new LineFault(LineFaultKind.InvalidText);
    }

    /// <summary>Tells a line that no reader takes because it is too deep from one that is no JSON.</summary>
    public static LineFault WhyUnreadable(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MaxScannedDepth });
            while (reader.Read())
            {
                if (IsTooDeep(in reader))
                {
                    return new LineFault(LineFaultKind.TooDeep);
                }
            }
        }
        catch (JsonException)
        {
            // The answer below says it.
        }

        return new LineFault(LineFaultKind.NotJson);
    }

    /// <summary>Finds what is wrong with a line as JSON: syntax, depth, texts, keys that stand twice in the line's own object.</summary>
    public static LineFault CheckStructure(ReadOnlySpan<byte> line)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var key = "";
        try
        {
            var reader = new Utf8JsonReader(line, ReaderOptions);
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    // What is below belongs to the details, where names may stand twice: as this product's own lines do.
                    case JsonTokenType.PropertyName when (key = reader.GetString()!) is not null && reader.CurrentDepth == 1 && !keys.Add(key):
                        return new LineFault(LineFaultKind.DuplicateKey, key);
                    case JsonTokenType.String when reader.ValueIsEscaped:
                        _ = reader.GetString();
                        break;
                }
            }

            return LineFault.None;
        }
        catch (JsonException)
        {
            return WhyUnreadable(line);
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: JSON by its grammar, no text.
            return new LineFault(LineFaultKind.InvalidText, key);
        }
    }

    private static bool IsTooDeep(in Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= MaxDepth;
}
