using System.Globalization;
using TelemetryActors.Encoding;

namespace TelemetryActors.Sqlite;

/// <summary>Instants as the store's tables hold them: ISO 8601 in UTC, of one width, so that texts sort as times.</summary>
internal static class StoredTime
{
    private const string ExactForm = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";
    private const int TicksPerMicrosecond = 10;
    private const int Width = 27;

    /// <summary>The text; a seventh digit only where an instant has one, because what is stored must come back as it was.</summary>
    public static string Format(DateTimeOffset instant) =>
        instant.UtcTicks % TicksPerMicrosecond == 0 ? InstantText.FormatWhole(instant) : instant.UtcDateTime.ToString(ExactForm, CultureInfo.InvariantCulture);

    /// <summary>The instant; null for a text that is none.</summary>
    public static DateTimeOffset? Parse(string? text) => text is not null && InstantText.TryParse(text, out var instant) ? instant : null;

    /// <summary>Whether a text has the form that <see cref="Format"/> gives, as all lines of the product's own log do.</summary>
    public static bool HasForm(ReadOnlySpan<byte> text) => text.Length == Width && text[^1] == 'Z' && text[10] == 'T' && text[19] == '.';
}
