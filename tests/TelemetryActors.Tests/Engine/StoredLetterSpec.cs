using TelemetryActors.Engine;
using Xunit;

namespace TelemetryActors.Tests.Engine;

public sealed class StoredLetterSpec
{
    private const string Line = """{"ts":"2026-03-01T12:00:00Z","reason":"bad","attempt":1,"slot":1,"stream":"000000000000000b","ordinal":7,"end_position":70,"event":{"event":"e"}}""";

    [Fact]
    public void A_line_is_read() =>
        Assert.True(StoredLetter.TryParse(Bytes(Line), out var letter, out _) && letter.Id == "000000000000000b-7");

    [Theory]
    [InlineData("\"000000000000000b\"", "\"000000000000000b0\"")]
    [InlineData("\"000000000000000b\"", "\"b\"")]
    [InlineData("\"000000000000000b\"", "null")]
    [InlineData("\"ordinal\":7", "\"ordinal\":99999999999999999999")]
    public void A_damaged_line_is_told_and_never_throws(string written, string damaged)
    {
        var isRead = StoredLetter.TryParse(Bytes(Line.Replace(written, damaged, StringComparison.Ordinal)), out _, out var fault);

        Assert.False(isRead);
        Assert.NotNull(fault);
    }

    private static byte[] Bytes(string line) => System.Text.Encoding.UTF8.GetBytes(line);
}
