using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>The escapes of JSON that a text holds as text (<c>\u002B</c>, <c>\n</c>, <c>\/</c>), resolved, so that the finders see what its reader will see.</summary>
/// <remarks>Any number of backslashes may stand before an escape: JSON may be held in JSON several times.</remarks>
internal static class NestedEscapes
{
    private const int Hex = 4;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Whether a text has any.</summary>
    public static bool AreIn(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOf('\\'); at >= 0; at = Next(text, at))
        {
            at += RunAt(text, at);
            if (Measure(text[at..], out _) > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes the text with its escapes resolved.</summary>
    /// <param name="text">The text.</param>
    /// <param name="target">As long as the text; takes what it becomes.</param>
    /// <param name="places">One longer than the text; takes for each character, and for the end, where it stands in the text.</param>
    /// <returns>How long it became.</returns>
    public static int Resolve(ReadOnlySpan<char> text, Span<char> target, Span<int> places)
    {
        var length = 0;
        for (var at = 0; at < text.Length;)
        {
            var run = RunAt(text, at);
            var escape = run == 0 ? 0 : Measure(text[(at + run)..], out target[length]);
            if (escape > 0)
            {
                // A quote within a quoted text keeps the backslashes that its own level asks for.
                var resolved = target[length];
                for (var kept = resolved == '"' ? run - 1 : 0; kept > 0; kept--)
                {
                    (target[length], places[length++]) = ('\\', at);
                }

                (target[length], places[length++]) = (resolved, at);
                at += run + escape;
                continue;
            }

            for (var end = at + Math.Max(1, run); at < end; at++)
            {
                (target[length], places[length++]) = (text[at], at);
            }
        }

        places[length] = text.Length;
        return length;
    }

    private static int Next(ReadOnlySpan<char> text, int from)
    {
        var next = text[from..].IndexOf('\\');
        return next < 0 ? -1 : from + next;
    }

    private static int RunAt(ReadOnlySpan<char> text, int at)
    {
        if (text[at] != '\\')
        {
            return 0;
        }

        var run = text[at..].IndexOfAnyExcept('\\');
        return run < 0 ? text.Length - at : run;
    }

    // How many characters behind the backslashes are the escape's.
    private static int Measure(ReadOnlySpan<char> text, out char resolved)
    {
        resolved = text.IsEmpty ? '\0' : text[0] switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '/' => '/',
            _ => '\0',
        };
        if (resolved != '\0')
        {
            return 1;
        }

        if (text.Length <= Hex || text[0] != 'u' || text.Slice(1, Hex).IndexOfAnyExcept(HexDigits) >= 0)
        {
            return 0;
        }

        resolved = (char)int.Parse(text.Slice(1, Hex), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture);
        return 1 + Hex;
    }
}
