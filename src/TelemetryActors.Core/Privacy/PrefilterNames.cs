namespace TelemetryActors.Privacy;

/// <summary>The prefilter's second look at names before an equals sign or a colon: never stricter than the exact scan.</summary>
internal static class PrefilterNames
{
    /// <summary>Whether an equals sign may assign to a sensitive name.</summary>
    public static bool MayAssign(ReadOnlySpan<byte> text, int at, SensitiveNames assigned)
    {
        var end = at;
        while (end > 0 && at - end < 3 && text[end - 1] == ' ')
        {
            end--;
        }

        if (end < 2 || (text[end - 1] < 0x80 && text[end - 2] < 0x80 && !PrefilterEscapes.MayEndBefore(text, end - 2) && !assigned.MayEndIn((char)text[end - 2], (char)text[end - 1])))
        {
            return false;
        }

        var start = end;
        while (start > 0 && end - start < AssignmentFinder.MaxName && IsName(text[start - 1]))
        {
            if (text[--start] >= 0x80)
            {
                return true;
            }
        }

        if (start > 0 && text[start - 1] == '\\')
        {
            return true;
        }

        Span<char> name = stackalloc char[AssignmentFinder.MaxName];
        System.Text.Encoding.ASCII.GetChars(text[start..end], name);
        return assigned.Matches(name[..(end - start)]);
    }

    /// <summary>Whether a sensitive name may stand before a colon, in quotes or without.</summary>
    public static bool MayName(ReadOnlySpan<byte> text, int at, SensitiveNames named)
    {
        var end = at;
        while (end > 0 && at - end < NamedValueFinder.MaxGap && text[end - 1] is (byte)' ' or (byte)'"' or (byte)'\'' or (byte)'`' or (byte)'\\')
        {
            end--;
        }

        // A number behind a name does not count, and most colons stand in times.
        while (!named.HasDigits && end > 0 && (char.IsAsciiDigit((char)text[end - 1]) || text[end - 1] is (byte)'_' or (byte)'-' or (byte)'.'))
        {
            end--;
        }

        return MayAssign(text, end, named);
    }

    private static bool IsName(byte b) => b >= 0x80 || ByteClasses.IsWord(b) || b is (byte)'-' or (byte)'.';
}
