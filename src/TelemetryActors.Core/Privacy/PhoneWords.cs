using System.Collections.Frozen;

namespace TelemetryActors.Privacy;

/// <summary>Words that say that the number behind them is a phone's, in the languages that programs speak most.</summary>
internal static class PhoneWords
{
    /// <summary>How far before a number they are looked for.</summary>
    public const int MaxDistance = 40;

    private const char FirstUnspaced = '\u2e80';
    private const int MaxFillers = 2;

    // By their last letter: most texts are told apart by it alone.
    private static readonly FrozenDictionary<char, string[]> Names = ByLast(
    [
        "tel", "phone", "telephone", "phonenumber", "fone", "telefon", "telefonu", "telefonnummer", "telefono", "teléfono", "téléphone", "tél", "telefone", "komórkowy", "telemóvel",
        "mobile", "mobil", "móvil", "movil", "cell", "cellulare", "celular", "cel", "handy", "portable", "landline", "fax", "gsm", "whatsapp", "wa", "sms",
        "número", "numer", "тел", "телефон", "телефона", "телефону", "номеру", "номер", "мобильный", "моб", "هاتف", "جوال", "الهاتف", "फ़ोन", "फोन", "मोबाइल",
        "电话", "電話", "电话号码", "電話番号", "手机", "手機", "手机号", "手机号码", "拨打", "撥打", "전화", "전화번호", "휴대폰",
    ]);

    private static readonly FrozenDictionary<char, string[]> Fillers = ByLast(["is", "no", "nr", "num", "number", "nummer", "on", "record", "me", "at"]);

    // For each last letter (& 31) of ASCII the letters before it as bits.
    private static readonly uint[] Endings = EndingsOf([.. Names.Values.SelectMany(words => words), .. Fillers.Values.SelectMany(words => words)]);

    /// <summary>Whether bytes before a number may end in such a word: a quick no for most.</summary>
    public static bool MayPrecede(ReadOnlySpan<byte> before)
    {
        var last = before.Length - 1;
        while (last >= 0 && before[last] < 0x80 && !char.IsAsciiLetter((char)before[last]))
        {
            last--;
        }

        return last > 0 && (before[last] >= 0x80 || before[last - 1] >= 0x80 || (Endings[before[last] & 31] & (1u << (before[last - 1] & 31))) != 0);
    }

    /// <summary>Whether the last words before a number say so.</summary>
    public static bool Precede(ReadOnlySpan<char> before)
    {
        var isCut = before.Length > MaxDistance;
        before = TrimToWord(before[Math.Max(0, before.Length - MaxDistance)..]);
        for (var filler = 0; filler < MaxFillers && Find(Fillers, before, isCut) is { } found; filler++)
        {
            before = TrimToWord(before[..^found.Length]);
        }

        return Find(Names, before, isCut) is not null;
    }

    private static string? Find(FrozenDictionary<char, string[]> words, ReadOnlySpan<char> text, bool isCut)
    {
        if (text.IsEmpty || !words.TryGetValue(char.ToLowerInvariant(text[^1]), out var candidates))
        {
            return null;
        }

        foreach (var word in candidates)
        {
            if (text.EndsWith(word, StringComparison.OrdinalIgnoreCase) && BeginsWord(text, text.Length - word.Length, isCut))
            {
                return word;
            }
        }

        return null;
    }

    private static bool BeginsWord(ReadOnlySpan<char> text, int at, bool isCut) =>
        text[at] >= FirstUnspaced || (at == 0 ? !isCut : !char.IsLetterOrDigit(text[at - 1]) || text[at - 1] >= FirstUnspaced);

    private static ReadOnlySpan<char> TrimToWord(ReadOnlySpan<char> text)
    {
        var end = text.Length;
        while (end > 0 && !char.IsLetter(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }

    private static uint[] EndingsOf(IEnumerable<string> words)
    {
        var endings = new uint[32];
        foreach (var word in words.Where(word => char.IsAscii(word[^1])))
        {
            endings[word[^1] & 31] |= char.IsAscii(word[^2]) ? 1u << (word[^2] & 31) : 0;
        }

        return endings;
    }

    private static FrozenDictionary<char, string[]> ByLast(string[] words) =>
        words.GroupBy(word => word[^1]).ToFrozenDictionary(same => same.Key, same => same.ToArray());
}
