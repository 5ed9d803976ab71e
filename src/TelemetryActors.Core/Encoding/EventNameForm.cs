namespace TelemetryActors.Encoding;

/// <summary>Tells the name of a kind of event from free text (S2.20): what varies belongs into the details, where it can be asked for.</summary>
internal static class EventNameForm
{
    // A year, a status or a port may be part of a kind's name; longer numbers are ids, times and counts.
    private const int MostDigits = 5;

    /// <summary>Whether a name is a sentence or holds a value: it has white space, a run of six digits or more, or a 36-character unique identifier.</summary>
    public static bool IsFreeText(string name)
    {
        var digits = 0;
        foreach (var character in name)
        {
            digits = char.IsAsciiDigit(character) ? digits + 1 : 0;
            if (digits > MostDigits || char.IsWhiteSpace(character))
            {
                return true;
            }
        }

        return HasGuid(name);
    }

    private static bool HasGuid(string name)
    {
        for (var start = 0; start + 36 <= name.Length; start++)
        {
            if (name[start + 8] == '-' && Guid.TryParseExact(name.AsSpan(start, 36), "D", out _))
            {
                return true;
            }
        }

        return false;
    }
}
