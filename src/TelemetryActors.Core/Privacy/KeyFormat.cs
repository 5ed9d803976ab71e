using System.Buffers;

namespace TelemetryActors.Privacy;

/// <summary>The form of one issuer's keys: a prefix and at least so many characters of a set.</summary>
/// <param name="Prefix">How such a key begins, case counts.</param>
/// <param name="Characters">What follows.</param>
/// <param name="MinLength">How many characters follow at the least.</param>
/// <param name="NeedsDigit">Whether words could look the same, so that a digit must be among what follows.</param>
/// <param name="OnlyDot">Where the one point of such a key stands among what follows: there it needs no digit. Zero for keys without.</param>
internal sealed record KeyFormat(string Prefix, SearchValues<char> Characters, int MinLength, bool NeedsDigit = false, int OnlyDot = 0)
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> Upper = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphanumeric);
    private static readonly SearchValues<char> Dashed = SearchValues.Create(Alphanumeric + "-");
    private static readonly SearchValues<char> Underscored = SearchValues.Create(Alphanumeric + "_");
    private static readonly SearchValues<char> Dotted = SearchValues.Create(Alphanumeric + "-_.");
    private static readonly SearchValues<char> Base64Url = SearchValues.Create(Alphanumeric + "-_");

    /// <summary>The formats of well-known issuers.</summary>
    public static KeyFormat[] WellKnown { get; } =
    [
        new("AKIA", Upper, 16), new("ASIA", Upper, 16),
        new("AIza", Base64Url, 30),
        new("ghp_", Letters, 30), new("gho_", Letters, 30), new("ghs_", Letters, 30), new("ghu_", Letters, 30), new("ghr_", Letters, 30),
        new("github_pat_", Underscored, 20),
        new("glpat-", Base64Url, 20), new("gldt-", Base64Url, 20), new("glrt-", Base64Url, 20),
        new("hf_", Letters, 30),
        new("dop_v1_", Letters, 40),
        new("ya29.", Base64Url, 20),
        new("AGE-SECRET-KEY-1", Upper, 50),
        new("npm_", Letters, 30),
        new("SG.", Dotted, 60, NeedsDigit: true, OnlyDot: 22),
        new("pypi-", Base64Url, 50),
        new("sk_live_", Letters, 10), new("rk_live_", Letters, 10), new("sk_test_", Letters, 10), new("rk_test_", Letters, 10),
        new("sk-", Base64Url, 20, NeedsDigit: true),
        new("xoxa-", Dashed, 10), new("xoxb-", Dashed, 10), new("xoxe-", Dashed, 10), new("xoxo-", Dashed, 10),
        new("xoxp-", Dashed, 10), new("xoxr-", Dashed, 10), new("xoxs-", Dashed, 10),
        new("xapp-", Dashed, 20, NeedsDigit: true),
    ];

    /// <summary>The length of the key at a text's begin; zero when none is there.</summary>
    public int Measure(ReadOnlySpan<char> text, char before, ref long steps)
    {
        if ((Characters.Contains(before) && before != '.') || DigitGroups.IsWord(before) || !text.StartsWith(Prefix))
        {
            return 0;
        }

        var tail = text[Prefix.Length..];
        var length = tail.IndexOfAnyExcept(Characters);
        tail = length < 0 ? tail : tail[..length];
        steps += tail.Length;
        var isKey = tail.Length >= MinLength && (!NeedsDigit || tail.ContainsAny(DigitGroups.Digit) || (OnlyDot > 0 && IsDottedOnce(tail.TrimEnd('.'))));
        return isKey ? Prefix.Length + tail.Length : 0;
    }

    private bool IsDottedOnce(ReadOnlySpan<char> tail) => tail.IndexOf('.') == OnlyDot && tail.LastIndexOf('.') == OnlyDot;
}
