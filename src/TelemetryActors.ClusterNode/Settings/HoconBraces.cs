namespace TelemetryActors.ClusterNode.Settings;

/// <summary>Whether every brace and bracket of a HOCON text is closed: the engine's parser takes a file that was cut off without a word.</summary>
internal static class HoconBraces
{
    private const string Triple = "\"\"\"";

    /// <summary>What is wrong, with the line; null when nothing is.</summary>
    public static string? Fault(string text)
    {
        var open = new Stack<(char Closes, int Line)>();
        var line = 1;
        for (var at = 0; at < text.Length; at++)
        {
            var rest = text.AsSpan(at);
            if (rest[0] == '"')
            {
                var length = LengthOfText(rest);
                if (length == 0)
                {
                    return $"a text that begins in line {line} is not closed";
                }

                line += rest[..length].Count('\n');
                at += length - 1;
            }
            else if (rest[0] == '#' || rest.StartsWith("//"))
            {
                var end = rest.IndexOf('\n');
                at = end < 0 ? text.Length : at + end - 1;
            }
            else if (rest[0] is '{' or '[')
            {
                open.Push((rest[0] == '{' ? '}' : ']', line));
            }
            else if (rest[0] is '}' or ']' && (!open.TryPop(out var last) || last.Closes != rest[0]))
            {
                return $"line {line} has a {rest[0]} that closes nothing";
            }

            line += at < text.Length && text[at] == '\n' ? 1 : 0;
        }

        return open.TryPop(out var left) ? $"line {left.Line} opens what no {left.Closes} closes" : null;
    }

    // With its quotes; 0 when it does not end.
    private static int LengthOfText(ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith(Triple))
        {
            var end = rest[Triple.Length..].IndexOf(Triple);
            return end < 0 ? 0 : end + (2 * Triple.Length);
        }

        for (var at = 1; at < rest.Length && rest[at] != '\n'; at++)
        {
            if (rest[at] == '"')
            {
                return at + 1;
            }

            at += rest[at] == '\\' ? 1 : 0;
        }

        return 0;
    }
}
