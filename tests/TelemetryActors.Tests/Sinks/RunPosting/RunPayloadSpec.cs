using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Sinks.RunPosting;
using Xunit;

namespace TelemetryActors.Tests.Sinks.RunPosting;

[Trait("Feature", "S4.10")]
public sealed class RunPayloadSpec
{
    private const string Run = "20260301T115900Z-crawler-0123abcd";

    [Fact]
    public void Says_everything_of_a_run_from_its_end_line()
    {
        var payload = Payload(End("""
            {"agent_name":"Crawler","job_type":"nightly","product":"Words","start_time":"2026-03-01T11:59:30.250000Z","status":"partial","duration_ms":29750.4,
             "output_summary":"out","error_summary":"late","metrics":{"items_discovered":10,"items_failed":1,"model":"m-1","ok":true}}
            """));

        Assert.Equal(
            """{"event_id":"0123456789a-00000000000009","run_id":"20260301T115900Z-crawler-0123abcd","agent_name":"Crawler","job_type":"nightly","status":"partial","start_time":"2026-03-01T11:59:30.25Z","end_time":"2026-03-01T12:00:00Z","duration_ms":29750,"items_discovered":10,"items_succeeded":null,"items_failed":1,"input_summary":null,"output_summary":"out","error_summary":"late","metrics":{"items_discovered":10,"items_failed":1,"model":"m-1","ok":1},"product":"Words"}""",
            payload);
    }

    [Fact]
    public void An_end_that_someone_else_wrote_takes_the_start_from_the_runs_id()
    {
        var run = JsonDocument.Parse(Payload(End("""{"agent_name":"crawler","status":"abandoned","error_summary":"gone"}"""))!).RootElement;

        Assert.Equal(
            ("abandoned", "2026-03-01T11:59:00Z", 60_000L, JsonValueKind.Null),
            (run.GetProperty("status").GetString(), run.GetProperty("start_time").GetString(), run.GetProperty("duration_ms").GetInt64(), run.GetProperty("job_type").ValueKind));
    }

    [Fact]
    public void A_run_with_an_id_of_another_kind_has_the_start_that_its_duration_tells()
    {
        var run = JsonDocument.Parse(Payload(End("""{"status":"success","duration_ms":30000}""", run: "job-17"))!).RootElement;

        Assert.Equal(("job-17", "2026-03-01T11:59:30Z"), (run.GetProperty("run_id").GetString(), run.GetProperty("start_time").GetString()));
    }

    [Theory]
    [InlineData("1e17", "100000000000000000", "null")]
    [InlineData("1772366400000000000", "1772366400000000000", "null")]
    [InlineData("1772366400000000", "1772366400000000", "null")]
    [InlineData("63907963200000", "63907963200000", "\"0001-01-01T00:00:00Z\"")]
    [InlineData("63907963200001", "63907963200001", "null")]
    [InlineData("9223372036854775807", "null", "null")]
    [InlineData("1e300", "null", "null")]
    [InlineData("1e999", "null", "null")]
    [InlineData("1e99999999999999999999", "null", "null")]
    [InlineData("-1e999", "null", "null")]
    [InlineData("-30000", "null", "null")]
    [InlineData("-0.0", "0", "\"2026-03-01T12:00:00Z\"")]
    [InlineData("1e-320", "0", "\"2026-03-01T12:00:00Z\"")]
    [InlineData("\"NaN\"", "null", "null")]
    public void Any_number_can_be_a_duration_and_one_before_all_time_tells_no_start(string number, string duration, string start)
    {
        var run = JsonDocument.Parse(Payload(End($$$"""{"status":"success","duration_ms":{{{number}}},"metrics":{"items_failed":{{{number}}}}}""", run: "job-17"))!).RootElement;

        Assert.Equal((duration, start), (run.GetProperty("duration_ms").GetRawText(), run.GetProperty("start_time").GetRawText()));
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", "5")]
    [InlineData("0001-01-01T00:00:00Z", "0")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "1e15")]
    public void An_end_at_the_edge_of_time_has_a_payload(string end, string duration)
    {
        var payload = Payload($$"""{"ts":"{{end}}","event":"run_end","details":{"status":"success","duration_ms":{{duration}}},"run_id":"job-17"}""")!;

        Assert.Equal(end, JsonDocument.Parse(payload).RootElement.GetProperty("end_time").GetString());
    }

    [Theory]
    [InlineData("""{"ts":"2026-03-01T12:00:00Z","event":"run_end","details":{"status":"success"}}""")]
    [InlineData("""{"ts":"2026-03-01T12:00:00Z","event":"run_start","details":{},"run_id":"r"}""")]
    [InlineData("""{"ts":"2026-03-01T12:00:00Z","event":"run_end","details":{"status":"no idea"},"run_id":"r"}""")]
    [InlineData("""{"ts":"2026-03-01T12:00:00Z","event":"note","details":{"text":"run_end"},"run_id":"r"}""")]
    public void What_ends_no_run_has_none(string line)
    {
        Assert.Null(Payload(line));
    }

    private static string End(string details, string run = Run) =>
        $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"run_end\",\"details\":{details.ReplaceLineEndings("")},\"run_id\":\"{run}\",\"run_seq\":4,\"id\":\"0123456789a-00000000000009\"}}";

    private static string? Payload(string text)
    {
        Assert.True(EventLine.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var line, out var fault), fault.ToString());
        return RunPayload.TryWrite(line, out _) is { } payload ? System.Text.Encoding.UTF8.GetString(payload) : null;
    }
}
