namespace TelemetryActors.Privacy;

/// <summary>A list of names and the question whether a name ends in one of them, word by word.</summary>
/// <remarks>Compared in joined lower-case form from the end, so <c>apiKey</c>, <c>API_KEY</c>, <c>x-api-key</c> and <c>apikey</c> are one.</remarks>
internal sealed class SensitiveNames
{
    /// <summary>The empty list.</summary>
    public static readonly SensitiveNames None = new([]);

    // Behind capitals these begin a word though nothing stands before them: PGPASSWORD, NPMTOKEN. No other word ends in one.
    private static readonly string[] BehindCapitals = ["password", "passwd", "secret", "token"];

    private readonly string[] _joined;

    // For each last letter (& 31) the letters before it as bits: most names are told apart by these two.
    private readonly uint[] _endings = new uint[32];

    public SensitiveNames(params ReadOnlySpan<string> names)
    {
        var joined = new List<string>(names.Length);
        foreach (var listed in names)
        {
            var name = Join(listed);
            if (name.Length == 0 || joined.Contains(name))
            {
                continue;
            }

            joined.Add(name);
            HasDigits |= name.AsSpan().ContainsAny(DigitGroups.Digit);
            _endings[name[^1] & 31] |= name.Length > 1 ? 1u << (name[^2] & 31) : uint.MaxValue;
        }

        _joined = joined.ToArray();
    }

    /// <summary>Whether a listed name holds a digit.</summary>
    public bool HasDigits { get; }

    /// <summary>Whether a name that ends in these two characters can match; a quick no for most.</summary>
    public bool MayEndIn(char beforeLast, char last) =>
        (!char.IsLetter(beforeLast) && (HasDigits || !char.IsAsciiDigit(beforeLast) || _endings[char.ToLowerInvariant(last) & 31] == uint.MaxValue))
        || char.IsAsciiDigit(last)
        || (_endings[char.ToLowerInvariant(last) & 31] & (1u << (char.ToLowerInvariant(beforeLast) & 31))) != 0;

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
        if (name.IsEmpty || (name.Length > 1 && !MayEndIn(name[^2], name[^1])))
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

        return BeginsWord(name, at) || (Array.IndexOf(BehindCapitals, listed) >= 0 && !ContainsLower(name[(at - 1)..]));
    }

    private static bool ContainsLower(ReadOnlySpan<char> name)
    {
        foreach (var letter in name)
        {
            if (char.IsLower(letter))
            {
                return true;
            }
        }

        return false;
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

    private static string Join(string? name)
    {
        var joined = new char[name?.Length ?? 0];
        var length = 0;
        foreach (var letter in name ?? "")
        {
            if (char.IsLetterOrDigit(letter))
            {
                joined[length++] = char.ToLowerInvariant(letter);
            }
        }

        return new string(joined, 0, length);
    }
}
