namespace TelemetryActors.Privacy;

/// <summary>A private key in PEM armour, from its first line to its last or, when that is missing, to the end of the text.</summary>
internal static class PrivateKey
{
    /// <summary>How the armour's first line begins.</summary>
    public const string Begin = "-----BEGIN ";

    private const string End = "-----END ";
    private const string Dashes = "-----";

    private const int MaxLabel = 64;

    /// <summary>Measures the key at a text's begin.</summary>
    public static Finding Find(ReadOnlySpan<char> text, ref long steps)
    {
        if (!text.StartsWith(Begin))
        {
            return Finding.None;
        }

        var label = text[Begin.Length..];
        label = label[..Math.Min(label.Length, MaxLabel)];
        steps += label.Length;
        var closed = label.IndexOf(Dashes);
        if (closed < 0 || !label[..closed].Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return Finding.None;
        }

        var body = Begin.Length + closed + Dashes.Length;
        var last = text[body..].IndexOf(End);
        if (last < 0)
        {
            steps += text.Length;
            return new Finding(0, text.Length);
        }

        var tail = body + last + End.Length;
        var end = text[tail..].IndexOf(Dashes);
        end = end < 0 ? text.Length : tail + end + Dashes.Length;
        steps += end;
        return new Finding(0, end);
    }
}
