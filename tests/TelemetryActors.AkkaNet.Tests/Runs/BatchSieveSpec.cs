using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Runs;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

public sealed class BatchSieveSpec
{
    private readonly SeenIds _seen = new();

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_batch_of_new_lines_goes_on_as_it_came()
    {
        var sifted = Sift(RunLines.Start(1), RunLines.Event(2), RunLines.Event(3), RunLines.End(4), RunLines.Event(5));

        Assert.Equal((5, 0), (sifted.Accepted, sifted.Duplicates));
        Assert.Equal(RunLines.Batch(RunLines.Start(1), RunLines.Event(2), RunLines.Event(3), RunLines.End(4), RunLines.Event(5)).Bytes, sifted.Lines.ToArray());
        Assert.Equal([RunLines.Start(1), RunLines.End(4), RunLines.Event(5)], sifted.Telling.Select(line => System.Text.Encoding.UTF8.GetString(line.Span)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void What_came_before_is_left_out_wherever_it_stands()
    {
        Sift(RunLines.Event(2), RunLines.Event(3));
        _seen.Keep();

        var sifted = Sift(RunLines.Event(1, instance: "bbbbbbbbbbb"), RunLines.Event(3), RunLines.Event(4), RunLines.Event(2), RunLines.Event(5));

        Assert.Equal((3, 2), (sifted.Accepted, sifted.Duplicates));
        Assert.Equal(RunLines.Batch(RunLines.Event(1, instance: "bbbbbbbbbbb"), RunLines.Event(4), RunLines.Event(5)).Bytes, sifted.Lines.ToArray());
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_line_that_another_house_encoded_is_read_as_a_whole()
    {
        var foreign = """{"ts":"2026-03-01T12:00:00Z", "event": "run_\u0065nd", "id": "m\u0069ne" , "run_id":"r", "details": {"status":"failed"} }""";

        var sifted = Sift(foreign);

        Assert.Null(sifted.Fault);
        Assert.Single(sifted.Telling);
        Assert.Equal((0, 1), (Sift(foreign).Accepted, Sift(foreign).Duplicates));
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("""{"ts":"2026-03-01T12:00:00.000000Z","event":"log_anchor","details":{},"id":"aaaaaaaaaaa-00000000000001"}""", "anchor")]
    [InlineData("""{"ts":"2026-03-01T12:00:00.000000Z","event":"\u006cog_anchor","details":{},"id":"aaaaaaaaaaa-00000000000001"}""", "anchor")]
    [InlineData("""{"ts":"2026-03-01T12:00:00.000000Z","event":"l\u006fg_anchor","details":{},"id":"aaaaaaaaaaa-00000000000001"}""", "anchor")]
    [InlineData("""{"event":"log_anchor","ts":"2026-03-01T12:00:00.000000Z"}""", "anchor")]
    [InlineData("", "no event")]
    [InlineData("{}", "no event")]
    [InlineData("""{"ts":"2026-03-01T12:00:00.000000Z","event":"x" """, "no event")]
    [InlineData("""{"event":"x","ts":"2026-03-01T12:00:00.000000Z","details":{},"id":"aaaaaaaaaaa-00000000000001"}""", "no event of a log")]
    [InlineData(""" {"ts":"2026-03-01T12:00:00.000000Z","event":"x","details":{},"id":"aaaaaaaaaaa-00000000000001"}""", "no event of a log")]
    [InlineData("{\"ts\":\"2026-03-01T12:00:00.000000Z\",\"event\":\"x\",\t\"details\":{},\"id\":\"aaaaaaaaaaa-00000000000001\"}", "no event of a log")]
    [InlineData("{\"ts\":\"2026-03-01T12:00:00.000000Z\",\"event\":\"x\",\"details\":{},\"id\":\"aaaaaaaaaaa-00000000000001\"}\r", "no event of a log")]
    public void A_line_that_must_not_come_into_a_log_makes_the_batch_faulty(string line, string fault)
    {
        Assert.Contains(fault, Sift(RunLines.Event(1), line).Fault);
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("GARBAGE")]
    [InlineData("\"details\":{\"a\":\"\0\"}")]
    [InlineData("\"details\":{\"a\":\"\u0001\"}")]
    [InlineData("\"details\":{\"a\":")]
    [InlineData("\"details\":{\"a\":\"b\"}}")]
    [InlineData("\"details\":[]")]
    [InlineData("\"details\":{} /* */")]
    [InlineData("\"details\":{\"a\":\"\\ud800\"},\"agent\":\"\\ud800\"")]
    [InlineData("\"event\":\"y\"")]
    [InlineData("\"event\":\"log_anchor\"")]
    [InlineData("\"\\u0065vent\":\"log_anchor\"")]
    [InlineData("\"id\":\"aaaaaaaaaaa-00000000000002\"")]
    [InlineData("\"run_seq\":\"1\"")]
    public void A_line_with_the_ends_of_ours_and_no_event_between_them_makes_the_batch_faulty(string between)
    {
        var line = $$"""{"ts":"2026-11-22T13:22:59.686285Z","event":"x",{{between}},"id":"zzzzzzzzzzz-00000000000003"}""";

        Assert.False(Encoding.EventLine.TryParse(System.Text.Encoding.UTF8.GetBytes(line), out _, out _));
        Assert.Contains("no event", Sift(RunLines.Event(1), line).Fault);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_line_whose_bytes_are_no_text_makes_the_batch_faulty()
    {
        var bytes = RunLines.Batch("""{"ts":"2026-11-22T13:22:59.686285Z","event":"x","details":{"a":"?"},"id":"zzzzzzzzzzz-00000000000003"}""").Bytes;
        bytes[bytes.AsSpan().IndexOf((byte)'?')] = 0xff;

        Assert.Contains("no event", BatchSieve.Sift(bytes, 1, _seen).Fault);
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("{\"ts\":\"2026-03-01T12:00:00.000000Z\",\"event\":\"x\",\"details\":{\"text\":\"", "\"},\"id\":\"aaaaaaaaaaa-00000000000001\"}")]
    [InlineData("{\"ts\":\"2026-03-01T12:00:00Z\", \"event\":\"x\",\"details\":{\"text\":\"", "\"}}")]
    public void A_line_longer_than_readers_of_the_log_hold_makes_the_batch_faulty(string before, string after)
    {
        string Of(int bytes) => before + new string('x', bytes - before.Length - after.Length) + after;

        Assert.Equal((1, null), (Sift(Of(65535)).Accepted, Sift(Of(65535)).Fault));
        Assert.Contains("65536 bytes", Sift(RunLines.Event(1), Of(65536)).Fault);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_batch_that_is_cut_or_miscounted_is_faulty()
    {
        var bytes = RunLines.Batch(RunLines.Event(1), RunLines.Event(2)).Bytes;

        Assert.Contains("no end", BatchSieve.Sift(bytes.AsMemory(0, bytes.Length - 1), 2, new SeenIds()).Fault);
        Assert.Contains("has 2 lines and says 3", BatchSieve.Sift(bytes, 3, new SeenIds()).Fault);
    }

    private SiftedBatch Sift(params string[] lines) => BatchSieve.Sift(RunLines.Batch(lines).Bytes, lines.Length, _seen);
}
