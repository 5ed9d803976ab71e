using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>Values assigned to a sensitive name inside a text: <c>password=...</c>, <c>&amp;access_token=...</c>, <c>Pwd = "..."</c>.</summary>
internal static class AssignmentFinder
{
    /// <summary>Names are looked at over this many characters.</summary>
    public const int MaxName = 64;

    /// <summary>What a value without quotes ends at.</summary>
    public static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\f\v\0&;,\"'`<>");

    private static readonly SearchValues<char> Closing = SearchValues.Create(")]}.:!?");

    /// <summary>Looks to both sides of an equals sign; the value alone is the finding.</summary>
    public static Finding Find(ref ValueScan scan, int at)
    {
        var text = scan.Text;
        if (!IsSensitive(ref scan, at, out var name))
        {
            return Finding.None;
        }

        var start = at + 1;
        while (start < text.Length && start - at < 4 && text[start] is ' ' or '\t')
        {
            start++;
        }

        if (start >= text.Length || text[start] is '=' or '>')
        {
            return Finding.None;
        }

        int length;
        var isQuoted = text[start] is '"' or '\'' or '`';
        if (isQuoted)
        {
            start++;
            length = text[start..].IndexOf(text[start - 1]);
        }
        else
        {
            length = text[start..].IndexOfAny(Ends);
        }

        var value = length < 0 ? text[start..] : text.Slice(start, length);
        scan.Steps += value.Length;
        if (IsRedacted(value) || IsNoSecret(text[..at], value))
        {
            return Finding.None;
        }

        var end = start + value.Length;
        return new Finding(start, isQuoted ? end : GroupedValue.End(ref scan, name, start, end));
    }

    private static bool IsSensitive(ref ValueScan scan, int at, out ReadOnlySpan<char> name)
    {
        var text = scan.Text;
        name = default;
        var end = at;
        while (end > scan.Floor && at - end < 3 && text[end - 1] is ' ' or '\t')
        {
            end--;
        }

        if (end == scan.Floor || (end - scan.Floor > 1 && !scan.Assigned.MayEndIn(text[end - 2], text[end - 1])))
        {
            return false;
        }

        var start = end;
        while (start > scan.Floor && end - start < MaxName && IsName(text[start - 1]))
        {
            start--;
        }

        scan.Steps += at - start;
        name = text[start..end];
        return scan.Assigned.Matches(name);
    }

    // An assembly's public key is public, and a shell keeps its directory under what others call a password.
    private static bool IsNoSecret(ReadOnlySpan<char> before, ReadOnlySpan<char> value)
    {
        before = before.TrimEnd(" \t");
        return before.EndsWith("PublicKeyToken", StringComparison.Ordinal)
            || (before.EndsWith("PWD", StringComparison.Ordinal) && (value.StartsWith('/') || (value.Length > 2 && value[1] == ':' && value[2] == '\\')));
    }

    private static bool IsName(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '.';

    // An escape behind the mark is the end of a line within JSON held as text.
    private static bool IsRedacted(ReadOnlySpan<char> value) =>
        value.StartsWith(Redactor.Mark) && (value[Redactor.Mark.Length..] is ['\\', ..] || value[Redactor.Mark.Length..].IndexOfAnyExcept(Closing) < 0);
}
