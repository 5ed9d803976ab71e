using System.Text;

namespace TelemetryActors.Sqlite;

/// <summary>The last row of a page, as a word that callers hand back to go on behind it.</summary>
/// <param name="Time">When it happened or began, as it is stored.</param>
/// <param name="Row">What keeps rows of one instant apart.</param>
internal readonly record struct PageKey(string Time, string Row)
{
    private const char Separator = '|';

    /// <summary>Reads a word; false for null and for what is none, which begins at the first page.</summary>
    public static bool TryParse(string? text, out PageKey key)
    {
        key = default;
        var bytes = new byte[text?.Length ?? 0];
        if (text is null || !Convert.TryFromBase64String(text, bytes, out var length))
        {
            return false;
        }

        var parts = System.Text.Encoding.UTF8.GetString(bytes, 0, length).Split(Separator, 2);
        key = parts.Length == 2 ? new PageKey(parts[0], parts[1]) : default;
        return parts.Length == 2;
    }

    public override string ToString() => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(new StringBuilder(Time).Append(Separator).Append(Row).ToString()));
}
