using System.Globalization;
using System.Text.Json;

namespace TelemetryActors.Privacy;

/// <summary>Whether a value of JSON is, or holds at any depth, two numbers that can be degrees of latitude and longitude, in either order (S1.12).</summary>
internal static class Coordinates
{
    private const double MostLatitude = 90;
    private const double MostLongitude = 180;

    /// <summary>Looks at the value that a reader stands on; a copy of the reader does the looking.</summary>
    /// <param name="value">The value.</param>
    /// <param name="decimals">How many decimals both numbers must have.</param>
    public static bool IsIn(Utf8JsonReader value, int decimals)
    {
        if (IsPair(value, decimals))
        {
            return true;
        }

        var (depth, isScalar) = (value.CurrentDepth, value.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject));
        while (!isScalar && value.Read() && value.CurrentDepth > depth)
        {
            if (IsPair(value, decimals))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a value is, or holds at any depth, a number, or a text with a decimal one.</summary>
    public static bool HoldsNumber(Utf8JsonReader value)
    {
        var depth = value.CurrentDepth;
        var isScalar = value.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject);
        do
        {
            if (value.TokenType == JsonTokenType.Number || (value.TokenType == JsonTokenType.String && HoldsDecimal(TextOf(value))))
            {
                return true;
            }
        }
        while (!isScalar && value.Read() && value.CurrentDepth > depth);

        return false;
    }

    /// <summary>Whether a value is one number that can be degrees, with at least so many decimals.</summary>
    public static bool IsDegrees(Utf8JsonReader value, int decimals) =>
        value.TokenType == JsonTokenType.Number && Decimals(TextOf(value)) >= decimals && value.TryGetDouble(out var number) && Math.Abs(number) <= MostLongitude;

    private static bool IsPair(Utf8JsonReader value, int decimals) => value.TokenType switch
    {
        JsonTokenType.StartArray => IsPairOf(value, decimals),
        JsonTokenType.StartObject => IsPlane(value),
        JsonTokenType.String => IsPairOf(TextOf(value), decimals),
        _ => false,
    };

    // Two numbers, or three with a height.
    private static bool IsPairOf(Utf8JsonReader array, int decimals)
    {
        Span<double> numbers = stackalloc double[3];
        var count = 0;
        while (array.Read() && array.TokenType != JsonTokenType.EndArray)
        {
            if (count == numbers.Length || !TryNumber(TextOf(array), out numbers[count]) || (count < 2 && Decimals(TextOf(array)) < decimals))
            {
                return false;
            }

            count++;
        }

        return count > 1 && IsPair(numbers[0], numbers[1]);
    }

    // x and y, or a box's sides: of a place only with the decimals of one, for windows and pictures have them, too.
    private static bool IsPlane(Utf8JsonReader value)
    {
        const int Least = 2;
        double? x = null, y = null;
        while (value.Read() && value.TokenType == JsonTokenType.PropertyName)
        {
            var isX = value.ValueTextEquals("x"u8) || value.ValueTextEquals("X"u8) || value.ValueTextEquals("east"u8) || value.ValueTextEquals("west"u8);
            var isY = value.ValueTextEquals("y"u8) || value.ValueTextEquals("Y"u8) || value.ValueTextEquals("north"u8) || value.ValueTextEquals("south"u8);
            value.Read();
            if ((isX || isY) && IsDegrees(value, Least))
            {
                (x, y) = (isX ? value.GetDouble() : x, isY ? value.GetDouble() : y);
            }

            value.Skip();
        }

        return x is { } one && y is { } other && IsPair(one, other);
    }

    private static bool IsPairOf(string text, int decimals)
    {
        var parts = text.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length is 2 or 3 && TryNumber(parts[0], out var one) && TryNumber(parts[1], out var other) && IsPair(one, other)
            && parts.Take(2).All(part => part.Length - part.IndexOf('.', StringComparison.Ordinal) - 1 >= decimals && (decimals == 0 || part.Contains('.', StringComparison.Ordinal)));
    }

    private static int Decimals(ReadOnlySpan<char> number)
    {
        var point = number.IndexOf('.');
        return point < 0 || number.IndexOfAny('e', 'E') >= 0 ? 0 : number.Length - point - 1;
    }

    private static bool HoldsDecimal(string text)
    {
        for (var at = 1; at + 1 < text.Length; at++)
        {
            if (text[at] is '.' or ',' && char.IsAsciiDigit(text[at - 1]) && char.IsAsciiDigit(text[at + 1]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPair(double one, double other) =>
        Math.Max(Math.Abs(one), Math.Abs(other)) <= MostLongitude && Math.Min(Math.Abs(one), Math.Abs(other)) <= MostLatitude;

    private static bool TryNumber(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    // A number or a text as ASCII; nothing for all else.
    private static string TextOf(in Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Number
        ? System.Text.Encoding.ASCII.GetString(reader.ValueSpan)
        : WideDigits.ToAscii(PrivacyFilter.TextOf(in reader) ?? "");
}
