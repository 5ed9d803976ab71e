namespace TelemetryActors.Privacy;

/// <summary>A list of names and the question whether a name ends in one of them, word by word.</summary>
/// <remarks>Compared in joined lower-case form from the end, so <c>apiKey</c>, <c>API_KEY</c>, <c>x-api-key</c> and <c>apikey</c> are one.</remarks>
internal sealed class SensitiveNames
{
    /// <summary>The empty list.</summary>
    public static readonly SensitiveNames None = new([]);

    private readonly string[] _joined;

    // Bit (letter & 31) of each last letter: most names are told apart by it alone.
    private readonly uint _lastLetters;

    public SensitiveNames(IEnumerable<string> names)
    {
        _joined = [.. names.Select(Join).Where(name => name.Length > 0).Distinct()];
        foreach (var name in _joined)
        {
            _lastLetters |= 1u << (name[^1] & 31);
        }
    }

    /// <summary>Whether a name that ends in this character can match.</summary>
    public bool MayEndIn(char last) =>
        char.IsAsciiDigit(last) || (_lastLetters & (1u << (char.ToLowerInvariant(last) & 31))) != 0;

    /// <summary>Whether the last words of the name are the words of a listed one; a number behind them does not count.</summary>
    public bool Matches(ReadOnlySpan<char> name)
    {
        name = TrimEnd(name, digits: false);
        if (name.IsEmpty)
        {
            return false;
        }

        return EndsInListed(name) || (char.IsAsciiDigit(name[^1]) && EndsInListed(TrimEnd(name, digits: true)));
    }

    private bool EndsInListed(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || !MayEndIn(name[^1]))
        {
            return false;
        }

        foreach (var listed in _joined)
        {
            if (EndsIn(name, listed))
            {
                return true;
            }
        }

        return false;
    }

    private static bool EndsIn(ReadOnlySpan<char> name, string listed)
    {
        var at = name.Length;
        for (var left = listed.Length; left > 0; left--)
        {
            do
            {
                at--;
            }
            while (at >= 0 && !char.IsLetterOrDigit(name[at]));

            if (at < 0 || char.ToLowerInvariant(name[at]) != listed[left - 1])
            {
                return false;
            }
        }

        return BeginsWord(name, at);
    }

    private static bool BeginsWord(ReadOnlySpan<char> name, int at)
    {
        if (at == 0 || !char.IsLetterOrDigit(name[at - 1]))
        {
            return true;
        }

        if (char.IsDigit(name[at - 1]) != char.IsDigit(name[at]))
        {
            return true;
        }

        var endsAcronym = at + 1 < name.Length && char.IsLower(name[at + 1]);
        return char.IsUpper(name[at]) && (!char.IsUpper(name[at - 1]) || endsAcronym);
    }

    private static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> name, bool digits)
    {
        var end = name.Length;
        while (end > 0 && (!char.IsLetterOrDigit(name[end - 1]) || (digits && char.IsAsciiDigit(name[end - 1]))))
        {
            end--;
        }

        return name[..end];
    }

    private static string Join(string name) =>
        string.Concat((name ?? "").Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));
}
