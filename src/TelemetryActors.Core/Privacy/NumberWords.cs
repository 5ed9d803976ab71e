namespace TelemetryActors.Privacy;

/// <summary>Words that say that the number behind them is a card's or a social security number, joined to it (<c>card_4111...</c>, <c>SSN123-...</c>) or near it.</summary>
internal static class NumberWords
{
    /// <summary>How far before a number one that is joined to it begins, and the letter before that.</summary>
    public const int MaxJoined = 16;

    private const int MaxDistance = 32;

    private static readonly string[] Joined =
        ["card", "pan", "cc", "ssn", "visa", "mastercard", "amex", "creditcard", "cardnumber", "cardno", "ccnumber", "ccnum", "ccno"];

    private static readonly string[] Near =
        ["card", "pan", "visa", "mastercard", "amex", "maestro", "diners", "discover", "kart", "kartı", "karte", "kreditkarte", "tarjeta", "carte", "carta", "cartão", "карт", "卡", "カード", "카드"];

    /// <summary>Whether such a word ends right before a number, or with one hyphen, underscore or full stop between.</summary>
    public static bool AreJoinedTo(ReadOnlySpan<char> before)
    {
        before = before is [.., '_' or '-' or '.'] ? before[..^1] : before;
        if (before.IsEmpty || !MayEnd(before[^1]))
        {
            return false;
        }

        foreach (var word in Joined)
        {
            if (before.EndsWith(word, StringComparison.OrdinalIgnoreCase) && BeginsWord(before, before.Length - word.Length))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a word for a card stands shortly before a number.</summary>
    public static bool NameCardNear(ReadOnlySpan<char> before)
    {
        before = before[Math.Max(0, before.Length - MaxDistance)..];
        foreach (var word in Near)
        {
            if (Holds(before, word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a letter is the last of such a word: a quick no for most.</summary>
    public static bool MayEnd(char c) => (c | 0x20) is 'd' or 'n' or 'c' or 'a' or 'x' or 'r' or 'm' or 'o';

    // The first that is found may be part of another word: "card" in "discarded card".
    private static bool Holds(ReadOnlySpan<char> text, string word)
    {
        for (var from = 0; from < text.Length; from++)
        {
            var found = text[from..].IndexOf(word, StringComparison.OrdinalIgnoreCase);
            if (found < 0)
            {
                return false;
            }

            from += found;
            if (BeginsWord(text, from))
            {
                return true;
            }
        }

        return false;
    }

    // A capital behind a small letter begins one as well: cardNumber, myCard.
    private static bool BeginsWord(ReadOnlySpan<char> text, int at) =>
        at == 0 || !char.IsLetter(text[at - 1]) || text[at] > '\u2e80' || (char.IsUpper(text[at]) && char.IsLower(text[at - 1]));
}
