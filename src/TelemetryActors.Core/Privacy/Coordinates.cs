using System.Globalization;
using System.Text.Json;

namespace TelemetryActors.Privacy;

/// <summary>Whether a value of JSON is, or holds at any depth, two numbers that can be degrees of latitude and longitude, in either order (S1.12).</summary>
internal static class Coordinates
{
    private const double MostLatitude = 90;
    private const double MostLongitude = 180;

    /// <summary>Looks at the value that a reader stands on; a copy of the reader does the looking.</summary>
    public static bool IsIn(Utf8JsonReader value)
    {
        if (IsPair(value))
        {
            return true;
        }

        var (depth, isScalar) = (value.CurrentDepth, value.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject));
        while (!isScalar && value.Read() && value.CurrentDepth > depth)
        {
            if (IsPair(value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPair(Utf8JsonReader value) => value.TokenType switch
    {
        JsonTokenType.StartArray => IsPairOf(value),
        JsonTokenType.String => IsPairOf(TextOf(value)),
        _ => false,
    };

    // Two numbers, or three with a height.
    private static bool IsPairOf(Utf8JsonReader array)
    {
        Span<double> numbers = stackalloc double[3];
        var count = 0;
        while (array.Read() && array.TokenType != JsonTokenType.EndArray)
        {
            if (count == numbers.Length || !TryNumber(array, out numbers[count]))
            {
                return false;
            }

            count++;
        }

        return count > 1 && IsPair(numbers[0], numbers[1]);
    }

    private static bool IsPairOf(string text)
    {
        var parts = text.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length is 2 or 3 && TryNumber(parts[0], out var one) && TryNumber(parts[1], out var other) && IsPair(one, other);
    }

    private static bool IsPair(double one, double other) =>
        Math.Max(Math.Abs(one), Math.Abs(other)) <= MostLongitude && Math.Min(Math.Abs(one), Math.Abs(other)) <= MostLatitude;

    private static bool TryNumber(Utf8JsonReader reader, out double number)
    {
        number = 0;
        return reader.TokenType == JsonTokenType.Number ? reader.TryGetDouble(out number) : reader.TokenType == JsonTokenType.String && TryNumber(TextOf(reader), out number);
    }

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    // Numbers need no escapes.
    private static string TextOf(Utf8JsonReader reader) => reader.ValueIsEscaped ? "" : System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
}
