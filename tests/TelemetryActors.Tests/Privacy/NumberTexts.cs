using System.Globalization;
using System.Text;

namespace TelemetryActors.Tests.Privacy;

/// <summary>Seeded texts of digits, separators, ids, dates and words in any order: what is a number of a person and what only looks like one.</summary>
internal sealed class NumberTexts(int seed)
{
    private const int MostPieces = 6;

    private static readonly string[] Separators =
    [
        "-", " ", ".", "/", "(", ")", ") ", " (", " - ", "  ", " / ", "+", "%20", "\t", "_", ":", ",", "", "--", "\u00a0", "\u202f", "\u2011", "\u2013", "|",
    ];

    private static readonly string[] Words =
    [
        "card", "card_", "card-", "PAN ", "visa ", "myCard", "tarjeta ", "ssn", "SSN ", "ssn_", "ssn no ", "ssn_no_", "social_security_", "Social Security Number is ", "PID-19|", "%B", "B",
        "tel ", "tel: ", "phone number is ", "fax no. ", "téléphone ", "电话", "+", "%2B", "read ", "bytes", " ms", "order ", "order_", "a", "x9", "n", "id=", "v", "für ", "nº", "漢", " € ", "ü",
        "\"", "\\", "\n", "\u0001", "'", "version ", "password=", "ssn=", "creditCard=", "--credit-card ", "é", "٠", "\U0001F600", "[", "]", "$", "#", "@", "?q=", "T", "Z",
        "°", "°N ", "° E", "S", "W ", "O", "48.85°N", "lat=", "Authorization: ", "proxy-authorization:", "\"Authorization\":\"", "Cookie: ", "Set-Cookie:", "\\\"cookie\\\": \\\"", "Bearer ", "bearer ", "Basic ", "sesame", "abcdefghijklmnop", "required", "jane@example.com",
    ];

    // Prefixes of cards, codes of countries and areas: by chance alone few texts would hold a finding.
    private static readonly string[] Firsts = ["4111", "4", "51", "55", "34", "37", "62", "6011", "2221", "2026", "0", "00", "030", "020", "1", "555", "212", "123", "716", "9", "49", "44"];

    private static readonly int[][] Forms =
    [
        [3, 2, 4], [3, 3, 4], [1, 3, 3, 4], [4, 4, 4, 4], [4, 6, 5], [4, 6, 4], [8, 8], [4, 3, 3, 3], [2, 2, 2, 2, 2], [3, 7], [5, 6], [2, 4, 4], [4, 2, 2], [2, 2, 4], [3, 3, 3, 3], [6, 10], [4, 2, 2, 2],
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next text.</summary>
    public string Next()
    {
        var text = new StringBuilder();
        for (var pieces = _random.Next(1, MostPieces + 1); pieces > 0; pieces--)
        {
            text.Append(Piece());
            text.Append(_random.Next(3) == 0 ? One(Separators) : _random.Next(2) == 0 ? " " : "");
        }

        return text.ToString();
    }

    private string Piece() => _random.Next(10) switch
    {
        0 => Groups(Enumerable.Range(0, _random.Next(1, 6)).Select(_ => _random.Next(1, 12)), mixed: true),
        1 or 2 => Groups(Forms[_random.Next(Forms.Length)], mixed: _random.Next(4) == 0),
        3 => Card(Digits(_random.Next(12, 20))),
        4 => Digits(_random.Next(1, 22)),
        5 => Id(),
        6 => Instant(),
        7 => One(Separators),
        _ => One(Words),
    };

    private string Groups(IEnumerable<int> lengths, bool mixed)
    {
        var separator = One(Separators);
        var text = new StringBuilder();
        foreach (var length in lengths)
        {
            text.Append(text.Length == 0 ? "" : mixed ? One(Separators) : separator).Append(Digits(length));
        }

        return text.ToString();
    }

    private string Id() => _random.Next(4) switch
    {
        0 => new Guid(_random.Next(), (short)_random.Next(), (short)_random.Next(), BitConverter.GetBytes(_random.NextInt64())).ToString(),
        1 => _random.NextInt64().ToString("x", CultureInfo.InvariantCulture),
        2 => $"{Instant()}-agent-{_random.Next():x8}",
        _ => $"{_random.Next(256)}.{_random.Next(256)}.{_random.Next(256)}.{_random.Next(256)}",
    };

    private string Instant()
    {
        var instant = DateTime.UnixEpoch.AddTicks(_random.NextInt64(TimeSpan.TicksPerDay * 30_000));
        return instant.ToString(One(["yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", "yyyyMMdd'T'HHmmss'Z'", "yyyy-MM-dd HH:mm:ss", "dd.MM.yyyy HH:mm", "MM/dd/yyyy HH", "yyyy/MM/dd", "yyyyMMddHHmmss"]), CultureInfo.InvariantCulture);
    }

    private string Digits(int count)
    {
        var first = _random.Next(2) == 0 ? One(Firsts) : "";
        return (first + string.Concat(Enumerable.Range(0, count).Select(_ => (char)('0' + _random.Next(10)))))[..count];
    }

    // With the check digit of a card.
    private static string Card(string digits)
    {
        var sum = 0;
        for (var i = 1; i < digits.Length; i++)
        {
            var doubled = (digits[^(i + 1)] - '0') * (i % 2 == 0 ? 1 : 2);
            sum += doubled > 9 ? doubled - 9 : doubled;
        }

        return digits[..^1] + (char)('0' + ((10 - (sum % 10)) % 10));
    }

    private T One<T>(T[] list) => list[_random.Next(list.Length)];
}
