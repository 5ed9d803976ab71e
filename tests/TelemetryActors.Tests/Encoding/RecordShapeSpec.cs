using Xunit;

namespace TelemetryActors.Encoding;

public sealed class RecordShapeSpec
{
    private static readonly DateTimeOffset Now = new(2024, 1, 15, 11, 0, 0, TimeSpan.Zero);

    private static string Envelope(string text)
    {
        Assert.True(RecordShape.TryToEnvelope(System.Text.Encoding.UTF8.GetBytes(text), Now, out var line, out var fault), fault.ToString());
        return System.Text.Encoding.UTF8.GetString(line.Bytes.Span);
    }

    private static LineFault Fault(ReadOnlySpan<byte> bytes)
    {
        Assert.False(RecordShape.TryToEnvelope(bytes.ToArray(), Now, out _, out var fault));
        return fault;
    }

    [Fact]
    [Trait("Feature", "S2.10")]
    [Trait("Feature", "D.6")]
    public void A_tracked_event_becomes_an_envelope()
    {
        Assert.Equal(
            """{"ts":"2024-01-15T10:30:00.123Z","event":"click","details":{"x":1,"url":"/a"},"session_id":"s1","user_id":"u1"}""",
            Envelope("""{"type":"click","timestamp":1705314600123,"data":{"x":1},"sessionId":"s1","userId":"u1","url":"/a"}"""));
    }

    [Fact]
    [Trait("Feature", "S4.4")]
    public void A_run_event_becomes_an_envelope()
    {
        Assert.Equal(
            """{"ts":"2024-01-15T10:30:00Z","event":"checkpoint","details":{"step":1,"host":"h1"},"agent":"crawler","run_id":"r1"}""",
            Envelope("""{"run_id":"r1","event_type":"checkpoint","payload":{"step":1},"agent_name":"crawler","timestamp":"2024-01-15T12:30:00+02:00","host":"h1"}"""));
    }

    [Fact]
    public void An_envelope_stays_one_in_the_right_order_and_what_it_does_not_know_goes_into_its_details()
    {
        Assert.Equal(
            """{"ts":"2024-01-15T10:30:00Z","event":"é","details":{"a":1.50,"type":"t"},"run_id":"r","run_seq":7,"id":"x"}""",
            Envelope("""{"id":"x","run_seq":   7,"run_id":"r","details":{ "a": 1.50 },"event":"\u00e9","type":"t","ts":1705314600000}"""));
    }

    [Fact]
    public void Members_beside_the_details_overwrite_nothing_and_are_not_lost()
    {
        Assert.Equal(
            """{"ts":"2024-01-15T10:30:00Z","event":"http_request","details":{"status":"ok","status_2":1,"status_3":500,"trace_id":"abc","timestamp":7}}""",
            Envelope("""{"ts":"2024-01-15T10:30:00Z","event":"http_request","details":{"status":"ok","status_2":1},"status":500,"trace_id":"abc","level":null,"timestamp":7}"""));
    }

    [Fact]
    public void A_plain_object_that_names_its_event_keeps_the_rest_as_details()
    {
        Assert.Equal(
            """{"ts":"2024-01-15T10:30:00Z","event":"login","details":{"ms":3,"ok":true},"level":"info","run_id":"r"}""",
            Envelope("""{"event":"login","ms":3,"level":"info","timestamp":"2024-01-15T10:30:00Z","ok":true,"run_id":"r"}"""));
    }

    [Theory]
    [InlineData("""{"event":"e"}""", """{"ts":"2024-01-15T11:00:00Z","event":"e","details":{}}""")]
    [InlineData("""{"event":"e","ts":null,"details":null}""", """{"ts":"2024-01-15T11:00:00Z","event":"e","details":{}}""")]
    [InlineData("""{"type":"e","data":null}""", """{"ts":"2024-01-15T11:00:00Z","event":"e","details":{}}""")]
    [InlineData("""{"type":"e","data":[1,2]}""", """{"ts":"2024-01-15T11:00:00Z","event":"e","details":{"value":[1,2]}}""")]
    public void A_line_without_time_or_details_gets_now_and_none(string text, string envelope)
    {
        Assert.Equal(envelope, Envelope(text));
    }

    [Theory]
    [InlineData("", LineFaultKind.Empty, null)]
    [InlineData("{\"event\":\"e\0\"}", LineFaultKind.NulByte, null)]
    [InlineData("""{"event":"e""", LineFaultKind.NotJson, null)]
    [InlineData("[]", LineFaultKind.NotAnObject, null)]
    [InlineData("""{"name":"LCP","value":2}""", LineFaultKind.MissingKey, "event")]
    [InlineData("""{"type":null}""", LineFaultKind.MissingKey, "event")]
    [InlineData("""{"type":7,"data":{}}""", LineFaultKind.WrongType, "event")]
    [InlineData("""{"event":"e","details":"text"}""", LineFaultKind.WrongType, "details")]
    [InlineData("""{"type":"e","timestamp":"soon"}""", LineFaultKind.BadTimestamp, "ts")]
    [InlineData("""{"type":"e","type":"f"}""", LineFaultKind.DuplicateKey, "type")]
    [InlineData("""{"type":"e","data":{"a":"\udc00"}}""", LineFaultKind.InvalidText, "a")]
    public void What_cannot_be_brought_into_it_is_refused_with_its_reason(string text, LineFaultKind kind, string? key)
    {
        Assert.Equal(new LineFault(kind, key), Fault(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("1705314600", "2024-01-15T10:30:00Z")]
    [InlineData("1705314600.25", "2024-01-15T10:30:00.25Z")]
    [InlineData("1705314600123", "2024-01-15T10:30:00.123Z")]
    [InlineData("1705314600123.5", "2024-01-15T10:30:00.1235Z")]
    [InlineData("1705314600123456", "2024-01-15T10:30:00.123456Z")]
    [InlineData("1705314600123456789", "2024-01-15T10:30:00.1234567Z")]
    [InlineData("1.7053146e9", "2024-01-15T10:30:00Z")]
    [InlineData("99999999999", "5138-11-16T09:46:39Z")]
    [InlineData("100000000000", "1973-03-03T09:46:40Z")]
    [InlineData("99999999999999", "5138-11-16T09:46:39.999Z")]
    [InlineData("100000000000000", "1973-03-03T09:46:40Z")]
    [InlineData("100000000000000000", "1973-03-03T09:46:40Z")]
    [InlineData("-86400", "1969-12-31T00:00:00Z")]
    [InlineData("0", "1970-01-01T00:00:00Z")]
    public void A_number_is_a_time_in_the_unit_that_its_size_says(string number, string time)
    {
        Assert.Equal($$$"""{"ts":"{{{time}}}","event":"e","details":{}}""", Envelope($$$"""{"event":"e","ts":{{{number}}}}"""));
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("-1e30")]
    public void A_number_that_is_no_time_is_refused(string number)
    {
        Assert.Equal(new LineFault(LineFaultKind.BadTimestamp, "ts"), Fault(System.Text.Encoding.UTF8.GetBytes($$$"""{"event":"e","ts":{{{number}}}}""")));
    }

    [Theory]
    [InlineData("""{"event":"e","details":{"a":1,"a":2,"a_2":3}}""", """{"a":1,"a_2":2,"a_2_2":3}""")]
    [InlineData("""{"type":"e","data":{"a":{"k":1,"k":[{"x":1,"x":2}]}}}""", """{"a":{"k":1,"k_2":[{"x":1,"x_2":2}]}}""")]
    [InlineData("""{"event":"e","details":{"[REDACTED]":1,"[REDACTED]":2},"a":{"k":1,"k":2}}""", """{"[REDACTED]":1,"[REDACTED]_2":2,"a":{"k":1,"k_2":2}}""")]
    public void Members_of_the_same_name_within_the_details_are_kept_apart(string text, string details)
    {
        Assert.Equal($$$"""{"ts":"2024-01-15T11:00:00Z","event":"e","details":{{{details}}}}""", Envelope(text));
    }

    [Fact]
    public void Ten_thousand_equal_names_cost_no_more_each_than_one()
    {
        const int Count = 10_900;
        var line = System.Text.Encoding.UTF8.GetBytes($$$"""{"event":"e","details":{{{{string.Join(',', Enumerable.Repeat("\"a\":1", Count))}}}}}""");
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(RecordShape.TryToEnvelope(line, Now, out var envelope, out _));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Contains($"\"a_{Count}\":1}}", System.Text.Encoding.UTF8.GetString(envelope.Bytes.Span), StringComparison.Ordinal);
        Assert.InRange(allocated, 0, Count * 1000L);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_and_depth_beyond_64_are_refused()
    {
        var deep = new string('[', 63) + new string(']', 63);

        Assert.Equal(new LineFault(LineFaultKind.InvalidText), Fault([.. "{\"event\":\""u8, 0xc3, .. "\"}"u8]));
        Assert.Equal(new LineFault(LineFaultKind.TooDeep), Fault(System.Text.Encoding.UTF8.GetBytes($$$"""{"event":"e","details":{"v":{{{deep}}}}}""")));
    }
}
