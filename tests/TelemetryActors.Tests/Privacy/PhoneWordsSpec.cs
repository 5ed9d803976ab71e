using TelemetryActors.Privacy;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

[Trait("Feature", "S2.56")]
public sealed class PhoneWordsSpec
{
    private static readonly string[] Words =
    [
        "tel", "phone", "téléphone", "tél", "Telefon", "MOBILE", "móvil", "cell", "handy", "fax", "wa", "número", "тел", "Телефон", "моб", "هاتف", "फ़ोन", "मोबाइल", "电话", "手机号", "전화", "휴대폰",
        "is", "no", "nr", "num", "number", "nummer", "on", "record", "me", "at", "telno", "phoneis", "hotel", "axphone", "x", "room", "order", "K", "ſms", "ıs", "ÉTÉ", "1", "é", "\ud83d",
    ];

    private static readonly string[] Between = [" ", "", ": ", "=", "-", "_", ". ", "：", "\t", " (", "\u00a0", " +", "1", "’", "(0) ", "/"];

    [Fact]
    public void The_quick_no_is_never_wrong()
    {
        var random = new Random(20261121);
        var (yes, no) = (0, 0);
        for (var round = 0; round < 200_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => Word(random) + Between[random.Next(Between.Length)]));
            var bytes = System.Text.Encoding.UTF8.GetBytes(text);
            bytes = bytes[Math.Max(0, bytes.Length - random.Next(1, PhoneWords.MaxDistance + 8))..];

            var precedes = PhoneWords.Precede(System.Text.Encoding.UTF8.GetString(bytes));
            var mayPrecede = PhoneWords.MayPrecede(bytes);

            Assert.True(mayPrecede || !precedes, text);
            yes += precedes ? 1 : 0;
            no += mayPrecede ? 0 : 1;
        }

        Assert.InRange(yes, 10_000, 200_000);
        Assert.InRange(no, 10_000, 200_000);
    }

    [Theory]
    [InlineData("took ")]
    [InlineData("task_")]
    [InlineData("page ")]
    [InlineData("")]
    [InlineData(":: ")]
    public void Most_words_are_told_apart_by_their_last_letters(string before)
    {
        Assert.False(PhoneWords.MayPrecede(System.Text.Encoding.UTF8.GetBytes(before)));
    }

    private static string Word(Random random)
    {
        var word = Words[random.Next(Words.Length)];
        return random.Next(3) switch
        {
            0 => word.ToUpperInvariant(),
            1 => string.Concat(word.Select(letter => random.Next(2) == 0 ? char.ToUpperInvariant(letter) : letter)),
            _ => word,
        };
    }
}
