using System.Text;

namespace TelemetryActors.Privacy;

/// <summary>The prefilter's second look at what begins like a credential: never stricter than the exact scan.</summary>
internal static class PrefilterKeys
{
    /// <summary>Whether a credential may begin where its first three bytes stand ("rer" of "bearer" excepted).</summary>
    public static bool MayBeKey(ReadOnlySpan<byte> text, int at)
    {
        var rest = text[at..];
        if (rest[1] == '-' && rest[2] == '-')
        {
            return rest[0] == '-' ? rest.StartsWith("-----BEGIN "u8) : rest.Length > 4 && char.IsAsciiLetter((char)rest[3]);
        }

        return (rest[0] | 0x20) switch
        {
            'o' => at > 0 && text[(at - 1)..].StartsWith("dop_v1_"u8),
            'k' => rest.StartsWith("ks.slack.com"u8),
            'r' when (rest[1] | 0x20) == 'e' => at >= 3 && Ascii.EqualsIgnoreCase(text[(at - 3)..Math.Min(at + 4, text.Length)], "bearer "u8),
            _ => BeginsToken(text, at) && IsKnown(rest),
        };
    }

    // A letter behind a backslash is an escape, not the end of a word.
    private static bool BeginsToken(ReadOnlySpan<byte> text, int at) =>
        at == 0 || !ByteClasses.IsWord(text[at - 1]) || (at > 1 && text[at - 2] == '\\') || EndsEscape(text, at);

    private static bool EndsEscape(ReadOnlySpan<byte> text, int at) => at > 5 && text[at - 6] == '\\' && text[at - 5] == 'u';

    private static bool IsKnown(ReadOnlySpan<byte> rest) => rest[0] switch
    {
        (byte)'A' => rest.StartsWith("AKIA"u8) || rest.StartsWith("ASIA"u8) || rest.StartsWith("AIza"u8) || rest.StartsWith("AGE-SECRET-KEY-1"u8),
        (byte)'g' => (rest.Length > 3 && rest[1] == 'h' && rest[3] == '_') || rest.StartsWith("github_pat_"u8)
            || rest.StartsWith("glpat-"u8) || rest.StartsWith("gldt-"u8) || rest.StartsWith("glrt-"u8),
        (byte)'h' => rest.StartsWith("hf_"u8),
        (byte)'y' => rest.StartsWith("ya29."u8),
        (byte)'x' => rest.Length > 4 && rest[4] == '-',
        (byte)'s' => rest[2] == '-' || rest.StartsWith("sk_live_"u8) || rest.StartsWith("sk_test_"u8),
        (byte)'r' => rest.StartsWith("rk_live_"u8) || rest.StartsWith("rk_test_"u8),
        (byte)'n' => rest.StartsWith("npm_"u8),
        (byte)'p' => rest.StartsWith("pypi-"u8),
        (byte)'S' => rest.StartsWith("SG."u8),
        _ => true,
    };
}
