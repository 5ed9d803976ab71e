namespace TelemetryActors.Privacy;

/// <summary>E-mail addresses, plus-addresses, subdomains and unicode labels included.</summary>
internal static class EmailFinder
{
    /// <summary>Looks to both sides of an <c>@</c>. No other <c>@</c> is passed, so no character is looked at more than twice.</summary>
    public static Finding Find(ref ValueScan scan, int at)
    {
        var text = scan.Text;
        var start = at;
        while (start > 0 && IsLocal(text[start - 1]))
        {
            start--;
        }

        var end = at + 1;
        var lastDot = -1;
        while (end < text.Length && IsDomain(text[end]))
        {
            lastDot = text[end] == '.' && end + 1 < text.Length && IsLabel(text[end + 1]) ? end : lastDot;
            end++;
        }

        scan.Steps += end - start;
        while (end > at && text[end - 1] is '.' or '-')
        {
            end--;
        }

        var isAddress = start < at
            && lastDot > at + 1 && end - lastDot > 2
            && IsLabel(text[at + 1]) && IsTopLevel(text[(lastDot + 1)..end]);
        return isAddress ? new Finding(start, end) : Finding.None;
    }

    // The top-level domain is never a number: that tells a version or an address of a machine from a mailbox.
    private static bool IsTopLevel(ReadOnlySpan<char> label)
    {
        foreach (var c in label)
        {
            if (!char.IsAsciiDigit(c) && c != '-')
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLocal(char c) => IsLabel(c) || c is '.' or '_' or '%' or '+' or '-' or '\'' or '*' or '~';

    private static bool IsDomain(char c) => IsLabel(c) || c is '.' or '-';

    private static bool IsLabel(char c) =>
        char.IsAsciiLetterOrDigit(c) || (c > '\x7f' && (char.IsLetterOrDigit(c) || char.IsSurrogate(c) || IsCombining(c)));

    private static bool IsCombining(char c) =>
        char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark
            or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
