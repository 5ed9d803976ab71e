namespace TelemetryActors.Privacy;

/// <summary>Tells from the words of a name whether its numbers are of a place, wherever in the name the word stands: <c>latDeg</c>, <c>gps_fix</c>, <c>location.x</c> (S1.12).</summary>
internal static class PlaceNames
{
    private static readonly HashSet<string> Certain = [.. PlaceWords.Certain];
    private static readonly HashSet<string> Perhaps = [.. PlaceWords.Perhaps];

    // What a name counts or measures when it ends in one of these: no degrees.
    private static readonly HashSet<string> Measures =
    [
        "id", "ids", "count", "counts", "total", "number", "index", "size", "length", "len", "bytes", "version", "status", "code", "enabled", "errors", "requests", "lookups", "hits", "retries", "attempts",
        "ns", "us", "ms", "s", "sec", "secs", "seconds", "minutes", "millis", "time", "timeout", "duration", "latency", "age", "ttl", "pct", "percent", "ratio", "rate", "score", "tag",
    ];

    private static readonly HashSet<string> Halves = [.. PlaceWords.Halves.Split('|'), .. PlaceWords.HalvesElsewhere.Split('|')];

    // Behind a word for a place these say which of its numbers it is.
    private static readonly HashSet<string> Corners = ["deg", "degree", "degrees", "start", "end", "from", "to", "origin", "destination", "x", "y"];

    /// <summary>Whether a name is nothing but one of the words for a place.</summary>
    public static bool IsPlain(string name) => Certain.Contains(name.ToLowerInvariant());

    /// <summary>The word for a place that a name ends in, but for what says which number it is; null when it ends in another.</summary>
    public static string? EndOf(string name)
    {
        var (before, last) = ("", "");
        for (var rest = name.AsSpan(); NextWord(ref rest) is { Length: > 0 } word;)
        {
            (before, last) = (last, word);
        }

        return Certain.Contains(last) ? last : Corners.Contains(last) && Certain.Contains(before) ? before : null;
    }

    /// <summary>Whether a word is of one of the two numbers of a place.</summary>
    public static bool IsHalf(string? word) => word is not null && Halves.Contains(word);

    /// <summary>Judges a name.</summary>
    public static PlaceEvidence Of(string name)
    {
        var found = PlaceEvidence.None;
        var last = "";
        for (var rest = name.AsSpan(); NextWord(ref rest) is { Length: > 0 } word;)
        {
            last = word;
            found = Certain.Contains(word) ? PlaceEvidence.Certain : found == PlaceEvidence.None && Perhaps.Contains(word) ? PlaceEvidence.Perhaps : found;
        }

        return Measures.Contains(last) ? PlaceEvidence.None : found;
    }

    // Words end where letters do, before a capital behind a small letter, and before the last capital of several.
    private static string NextWord(ref ReadOnlySpan<char> rest)
    {
        var start = 0;
        while (start < rest.Length && !char.IsLetter(rest[start]))
        {
            start++;
        }

        var end = start;
        while (end < rest.Length && char.IsLetter(rest[end]) && !BeginsWord(rest, start, end))
        {
            end++;
        }

        var word = rest[start..end].ToString().ToLowerInvariant();
        rest = rest[end..];
        return word;
    }

    private static bool BeginsWord(ReadOnlySpan<char> text, int start, int at) =>
        at > start && char.IsUpper(text[at]) && (!char.IsUpper(text[at - 1]) || (at + 1 < text.Length && char.IsLower(text[at + 1])));
}
