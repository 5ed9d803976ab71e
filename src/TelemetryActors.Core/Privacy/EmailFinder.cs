using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>E-mail addresses, plus-addresses, subdomains and unicode labels included.</summary>
internal static class EmailFinder
{
    /// <summary>An <c>@</c> in a URL.</summary>
    public const string PercentAt = "%40";

    /// <summary>An <c>@</c> in a URL within a URL.</summary>
    public const string TwicePercentAt = "%2540";

    private const int MaxQuoted = 64;
    private const int LongestVersion = 2;
    private const int MostHanging = 8;

    private static readonly SearchValues<char> Numbers = SearchValues.Create("0123456789.");

    // What follows the name of a system's unit or of an image's variant looks like a domain's end, and there is none of these.
    private static readonly string[] Units = ["service", "socket", "timer", "target", "mount", "automount", "swap", "slice", "scope", "device"];
    private static readonly string[] Files = ["png", "jpg", "jpeg", "gif", "webp", "svg", "bmp", "ico", "css", "js", "json", "xml"];

    /// <summary>Looks to both sides of an <c>@</c>, which an address in a URL writes as <c>%40</c>. No other one is passed, so no character is looked at more than twice.</summary>
    public static Finding Find(ref ValueScan scan, int at, int length = 1)
    {
        var text = scan.Text;
        var start = StartOf(text, at);
        var behind = at;
        at += length - 1;
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

        if (start == behind || at + 1 >= text.Length || !IsLabel(text[at + 1]))
        {
            return Finding.None;
        }

        end = IsAddress(text, at, lastDot, ref end) ? end : EndBeforeHanging(text, at, end);
        return end > 0 ? new Finding(start, end) : Finding.None;
    }

    private static bool IsAddress(ReadOnlySpan<char> text, int at, int lastDot, ref int end)
    {
        end = EndOfTopLevel(text, at, lastDot, end);
        return lastDot > at + 1 && end - lastDot > 2 && IsTopLevel(text[(lastDot + 1)..end]);
    }

    // What hangs at the address: hyphens and dotted numbers (jane@example.com-1.2.3), and labels that end no domain (jane@example.com.1, jane@example.com.json).
    // Behind a short number a label is a version's (tool@1.2.rc-1.4); hosts have longer ones (163.com).
    private static int EndBeforeHanging(ReadOnlySpan<char> text, int at, int end)
    {
        var domain = text[(at + 1)..end];
        while (domain.LastIndexOf('-') is > 0 and var hyphen && IsNumber(domain[(hyphen + 1)..]))
        {
            domain = domain[..hyphen].TrimEnd(".-");
        }

        for (var dropped = 0; dropped <= MostHanging && domain.LastIndexOf('.') is > 0 and var lastDot; dropped++)
        {
            var behind = at + 1 + domain.Length;
            if (behind < end && IsAddress(text, at, at + 1 + lastDot, ref behind))
            {
                return IsVersion(domain[(domain[..lastDot].LastIndexOf('.') + 1)..lastDot]) ? 0 : behind;
            }

            if (!MayHang(domain[(lastDot + 1)..]))
            {
                return 0;
            }

            domain = domain[..lastDot].TrimEnd(".-");
        }

        return 0;
    }

    // 2, v2, and the 2x of an image's name.
    private static bool IsVersion(ReadOnlySpan<char> label) =>
        label.TrimStart("vV").TrimEnd("xX") is { Length: > 0 and <= LongestVersion } number && IsNumber(number);

    // One letter, digits anywhere, or the end of a file's name.
    private static bool MayHang(ReadOnlySpan<char> label) => label.Length == 1 || label.ContainsAny(DigitGroups.Digit) || IsOneOf(Files, label);

    private static bool IsNumber(ReadOnlySpan<char> label) => label.TrimStart("vV").IndexOfAnyExcept(Numbers) < 0;

    // A name in quotes may hold blanks: "Jane Doe"@example.com.
    private static int StartOf(ReadOnlySpan<char> text, int at)
    {
        if (at > 1 && text[at - 1] == '"')
        {
            var quoted = text[Math.Max(0, at - 1 - MaxQuoted)..(at - 1)];
            return quoted.LastIndexOf('"') is >= 0 and var open && open + 1 < quoted.Length ? at - 1 - quoted.Length + open : at;
        }

        var start = at;
        while (start > 0 && IsLocal(text[start - 1]))
        {
            start--;
        }

        return start;
    }

    // A top-level domain has no hyphen, so one ends the address: jane@example.com-2026. Behind numbers alone it stands in a version: tool@1.2.rc-1.
    private static int EndOfTopLevel(ReadOnlySpan<char> text, int at, int lastDot, int end)
    {
        if (lastDot <= at + 1 || lastDot + 1 >= end || text[(lastDot + 1)..end].StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return end;
        }

        var hyphen = text[(lastDot + 1)..end].IndexOf('-');
        return hyphen < 0 || text[(at + 1)..lastDot].IndexOfAnyExcept(Numbers) < 0 ? end : lastDot + 1 + hyphen;
    }

    // The top-level domain has no digits unless it is written for machines: that tells a version or the address of a machine from a mailbox.
    private static bool IsTopLevel(ReadOnlySpan<char> label)
    {
        if (label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        foreach (var c in label)
        {
            if (char.IsAsciiDigit(c) || c == '-')
            {
                return false;
            }
        }

        return !IsOneOf(Units, label) && !IsOneOf(Files, label);
    }

    private static bool IsOneOf(string[] words, ReadOnlySpan<char> label)
    {
        foreach (var word in words)
        {
            if (label.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLocal(char c) => IsLabel(c) || c is '.' or '_' or '%' or '+' or '-' or '\'' or '*' or '~' or '#' or '!' or '$' or '^';

    private static bool IsDomain(char c) => IsLabel(c) || c is '.' or '-';

    private static bool IsLabel(char c) =>
        char.IsAsciiLetterOrDigit(c) || (c > '\x7f' && (char.IsLetterOrDigit(c) || char.IsSurrogate(c) || IsCombining(c)));

    private static bool IsCombining(char c) =>
        char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark
            or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
