using System.Text.RegularExpressions;

namespace TelemetryActors.Privacy;

/// <summary>A text with <see cref="Redactor.Mark"/> in place of what a pattern finds, also where an escape of JSON held as text hides a part of it (S1.11, S1.12).</summary>
internal static class MarkedText
{
    // What stands before a finding and stays is the pattern's group of this name.
    private const string Stays = "name";

    /// <summary>Looks at the text as it stands, and as the reader of its escapes will see it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pattern">What is found; what its group <c>name</c> takes at the beginning stays.</param>
    /// <param name="isFinding">Whether a match in a text is one; all are when it is null.</param>
    /// <returns>The same text when nothing is found.</returns>
    public static string Of(string text, Regex pattern, Func<string, Match, bool>? isFinding = null) => Of(text, pattern, isFinding, static text => text);

    /// <summary>The same for patterns of numbers: digits and marks of other scripts stand in what is looked at and judged as the ASCII that they mean.</summary>
    public static string OfNumbers(string text, Regex pattern, Func<string, Match, bool>? isFinding = null) => Of(text, pattern, isFinding, WideDigits.ToAscii);

    private static string Of(string text, Regex pattern, Func<string, Match, bool>? isFinding, Func<string, string> read)
    {
        var plain = Find(read(text), pattern, isFinding);
        text = plain.Count == 0 ? text : Replacement.Of(text, plain);
        if (!NestedEscapes.AreIn(text))
        {
            return text;
        }

        var resolved = new char[text.Length];
        var places = new int[text.Length + 1];
        var length = NestedEscapes.Resolve(text, resolved, places);
        var hidden = Find(read(new string(resolved, 0, length)), pattern, isFinding);
        return hidden.Count == 0 ? text : Replacement.Of(text, [.. hidden.Select(found => new Finding(places[found.Start], places[found.End]))]);
    }

    private static List<Finding> Find(string text, Regex pattern, Func<string, Match, bool>? isFinding)
    {
        var found = new List<Finding>();
        for (var match = pattern.Match(text); match.Success; match = match.NextMatch())
        {
            if (isFinding?.Invoke(text, match) != false)
            {
                found.Add(new Finding(match.Index + match.Groups[Stays].Length, match.Index + match.Length));
            }
        }

        return found;
    }
}
