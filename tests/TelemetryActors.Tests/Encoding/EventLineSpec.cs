using Xunit;

namespace TelemetryActors.Encoding;

public sealed class EventLineSpec
{
    private static readonly DateTimeOffset Instant = new(2024, 1, 15, 10, 30, 0, TimeSpan.Zero);

    private static EventLine Parse(string text)
    {
        Assert.True(EventLine.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var line, out var fault), fault.ToString());
        return line;
    }

    [Fact]
    [Trait("Feature", "S0.5")]
    public void A_plain_record_is_an_event()
    {
        var line = Parse("""{"ts":"2024-01-15T10:30:00Z","event":"runtime_start","details":{}}""");

        Assert.Equal(Instant, line.Timestamp);
        Assert.Equal("runtime_start", line.Event);
        Assert.Equal("{}"u8.ToArray(), line.Details.ToArray());
        Assert.Equal((null, null, null, null, null, null), (line.Level, line.Agent, line.SessionId, line.UserId, line.RunId, line.Id));
        Assert.Equal((1L, null, null), (line.Weight, line.ReceivedTimestamp, line.RunSequence));
    }

    [Fact]
    [Trait("Feature", "S4.3")]
    public void The_whole_envelope_is_read_with_blanks_before_numbers_and_a_line_feed()
    {
        var line = Parse(
            """
            {"ts":"2024-01-15T10:30:00.5Z","event":"step","details":{"a":[1,{"b":"}"}]},"level":"error","agent":"crawler","session_id":"s","user_id":"ü","weight":10,"received_ts":"2024-01-15T10:30:01Z","run_id":"r","run_seq":         7,"id":"0a-007"}

            """);

        Assert.Equal(Instant.AddMilliseconds(500), line.Timestamp);
        Assert.Equal("""{"a":[1,{"b":"}"}]}""", System.Text.Encoding.UTF8.GetString(line.Details.Span));
        Assert.Equal(("error", "crawler", "s", "ü", "r", "0a-007"), (line.Level, line.Agent, line.SessionId, line.UserId, line.RunId, line.Id));
        Assert.Equal((10L, Instant.AddSeconds(1), 7L), (line.Weight, line.ReceivedTimestamp, line.RunSequence));
    }

    [Fact]
    public void Order_unknown_keys_and_nulls_do_not_matter()
    {
        var line = Parse("""{ "new" : {"ts":[]}, "id":null, "details":null, "event":"\u0065", "new":1, "ts":"2024-01-15T12:30:00+02:00" }""");

        Assert.Equal("e", line.Event);
        Assert.True(line.EventIs("e"u8));
        Assert.Null(line.Id);
        Assert.Equal("{}"u8.ToArray(), line.Details.ToArray());
        Assert.Equal(Instant, line.Timestamp);
    }

    [Theory]
    [InlineData("1705314600000")]
    [InlineData("1705314600")]
    [InlineData("\"2024-01-15T10:30:00\"")]
    [InlineData("\"2024-01-15 10:30:00+00:00\"")]
    [InlineData("\"2024-01-15T02:30-08:00\"")]
    [Trait("Feature", "D.6")]
    public void A_time_is_ISO_of_any_zone_or_milliseconds(string ts)
    {
        var line = Parse($$"""{"ts":{{ts}},"event":"e"}""");

        Assert.Equal(Instant, line.Timestamp);
    }

    [Fact]
    public void An_anchor_is_told_from_events()
    {
        Assert.True(Parse("""{"ts":"2024-01-15T10:30:00Z","event":"log_anchor","details":{"stream":"00","position":0,"ordinal":0}}""").IsAnchor);

        Assert.False(Parse("""{"ts":"2024-01-15T10:30:00Z","event":"log_anchors","details":{}}""").IsAnchor);
    }

    [Theory]
    [InlineData("", LineFaultKind.Empty, null)]
    [InlineData(" \r\n", LineFaultKind.Empty, null)]
    [InlineData("{\"ts\":\"2024-01-15T10:30:00Z\",\"event\":\"e\0\"}", LineFaultKind.NulByte, null)]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e","details":{""", LineFaultKind.NotJson, null)]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e"} {}""", LineFaultKind.NotJson, null)]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e",}""", LineFaultKind.NotJson, null)]
    [InlineData("""[{"event":"e"}]""", LineFaultKind.NotAnObject, null)]
    [InlineData("\"e\"", LineFaultKind.NotAnObject, null)]
    [InlineData("1 2", LineFaultKind.NotJson, null)]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e","event":"f"}""", LineFaultKind.DuplicateKey, "event")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","details":{}}""", LineFaultKind.MissingKey, "event")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":null}""", LineFaultKind.MissingKey, "event")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":" "}""", LineFaultKind.MissingKey, "event")]
    [InlineData("""{"event":"e"}""", LineFaultKind.MissingKey, "ts")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":1}""", LineFaultKind.WrongType, "event")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"\ud800"}""", LineFaultKind.InvalidText, "event")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e","details":[]}""", LineFaultKind.WrongType, "details")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e","weight":0}""", LineFaultKind.WrongType, "weight")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e","run_seq":"1"}""", LineFaultKind.WrongType, "run_seq")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e","run_seq":-1}""", LineFaultKind.WrongType, "run_seq")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e","run_id":5}""", LineFaultKind.WrongType, "run_id")]
    [InlineData("""{"ts":true,"event":"e"}""", LineFaultKind.WrongType, "ts")]
    [InlineData("""{"ts":"Monday","event":"e"}""", LineFaultKind.BadTimestamp, "ts")]
    [InlineData("""{"ts":"2024-13-15T10:30:00Z","event":"e"}""", LineFaultKind.BadTimestamp, "ts")]
    [InlineData("""{"ts":1e300,"event":"e"}""", LineFaultKind.BadTimestamp, "ts")]
    [InlineData("""{"ts":"2024-01-15T10:30:00Z","event":"e","received_ts":"x"}""", LineFaultKind.BadTimestamp, "received_ts")]
    public void A_line_that_is_no_event_is_refused_with_its_reason(string text, LineFaultKind kind, string? key)
    {
        Assert.False(EventLine.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out _, out var fault));

        Assert.Equal(new LineFault(kind, key), fault);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused()
    {
        byte[] bytes = [.. "{\"ts\":\"2024-01-15T10:30:00Z\",\"event\":\""u8, 0xff, .. "\"}"u8];

        Assert.False(EventLine.TryParse(bytes, out _, out var fault));

        Assert.Equal(new LineFault(LineFaultKind.InvalidText), fault);
    }

    [Theory]
    [InlineData(62, LineFaultKind.None)]
    [InlineData(63, LineFaultKind.TooDeep)]
    [InlineData(100_000, LineFaultKind.TooDeep)]
    public void A_line_nests_64_deep_and_no_deeper(int lists, LineFaultKind kind)
    {
        var text = $$$"""{"ts":"2024-01-15T10:30:00Z","event":"e","details":{"v":{{{new string('[', lists)}}}{{{new string(']', lists)}}}}}""";

        var isEvent = EventLine.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out _, out var fault);

        Assert.Equal((kind == LineFaultKind.None, new LineFault(kind)), (isEvent, fault));
    }

    [Fact]
    public void Random_damage_never_throws_and_never_goes_without_a_reason()
    {
        var whole = """{"ts":"2024-01-15T10:30:00Z","event":"step","details":{"a":[1,{"b":"\u00e9"}]},"run_id":"r","run_seq":  7,"id":"x-1"}"""u8.ToArray();
        var random = new Random(20240115);
        var refused = 0;

        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole.AsSpan(0, random.Next(1, whole.Length + 1)).ToArray();
            for (var hits = random.Next(4); hits > 0; hits--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var isEvent = EventLine.TryParse(bytes, out var line, out var fault);
            RecordShape.TryToEnvelope(bytes, Instant, out _, out _);
            Assert.Equal(isEvent, fault == LineFault.None);
            Assert.True(!isEvent || line is { Event.Length: > 0, Details.Length: > 1 });
            refused += isEvent ? 0 : 1;
        }

        Assert.InRange(refused, 10_000, 19_999);
    }
}
