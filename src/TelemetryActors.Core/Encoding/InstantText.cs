using System.Globalization;

namespace TelemetryActors.Encoding;

/// <summary>Instants as text: ISO 8601 in UTC with Z, a fraction of a second only when there is one (S0.6); ISO 8601 of any zone is read (D.6).</summary>
internal static class InstantText
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";
    /// <summary>Characters of an instant that is read, at the most.</summary>
    public const int MaxChars = 64;

    private const int ShortestDateTime = 16;

    private static readonly long MinEpochMilliseconds = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long MaxEpochMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static string Format(DateTimeOffset instant) => instant.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>Reads an ISO 8601 instant; without a zone it is UTC.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset instant)
    {
        instant = default;
        return text.Length >= ShortestDateTime
            && text[4] == '-' && text[7] == '-' && text[10] is 'T' or 't' or ' '
            && char.IsAsciiDigit(text[0])
            && DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out instant);
    }

    /// <summary>Reads milliseconds since 1970, a fraction left out.</summary>
    public static bool TryFromEpochMilliseconds(double milliseconds, out DateTimeOffset instant)
    {
        var isInRange = milliseconds >= MinEpochMilliseconds && milliseconds <= MaxEpochMilliseconds;
        instant = isInRange ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : default;
        return isInRange;
    }
}
