using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using Xunit;

namespace TelemetryActors.Tests.Delivery;

public sealed class ReplayPiecesSpec
{
    [Theory]
    [InlineData("", "10-50")]
    [InlineData("0-10 50-60", "10-50")]
    [InlineData("10-20 20-50", "[10-20] [20-50]")]
    [InlineData("5-15", "[5-15] 15-50")]
    [InlineData("40-70", "10-40 [40-70]")]
    [InlineData("20-30", "10-20 [20-30] 30-50")]
    [InlineData("20-30 20-25", "10-20 [20-30] 30-50")]
    [InlineData("20-30 25-35", "10-20 [20-30] [25-35] 35-50")]
    [InlineData("20-30 22-28", "10-20 [20-30] 30-50")]
    [InlineData("20-20", "10-50")]
    public void A_replay_is_cut_along_the_bounds_that_are_there(string stored, string pieces)
    {
        var found = ReplayPieces.Of(1, DeliveryRig.At(10), DeliveryRig.At(50), [.. stored.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Range)]);

        Assert.Equal(pieces, string.Join(' ', found.Select(Text)));
    }

    [Fact]
    public void Bounds_of_another_stream_are_none()
    {
        var stored = new EventRange(1, new Cursor(new StreamId(99), 100, 10), new Cursor(new StreamId(99), 200, 20));

        var found = ReplayPieces.Of(1, DeliveryRig.At(10), DeliveryRig.At(50), [stored]);

        Assert.Equal("10-50", Text(Assert.Single(found)));
    }

    private static EventRange Range(string text) =>
        text.Split('-').Select(ordinal => DeliveryRig.At(long.Parse(ordinal, System.Globalization.CultureInfo.InvariantCulture))).ToList() is [var start, var end]
            ? new EventRange(1, start, end)
            : throw new ArgumentException(text, nameof(text));

    private static string Text(Redelivery piece) =>
        $"{piece.Account.Cursor.Ordinal}-{piece.Account.Tail.Ordinal}" is var range && piece.IsWhole ? $"[{range}]" : range;
}
