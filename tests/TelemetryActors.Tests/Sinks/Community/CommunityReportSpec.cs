using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Community;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Community;

[Trait("Feature", "S1.9")]
public sealed class CommunityReportSpec
{
    private const string Old = "0123456789a";
    private const string New = "0123456789b";
    private static readonly DeviceIdentity Device = new("0011223344556677", new byte[32]);

    [Fact]
    public void Tells_crashes_of_each_version_apart_even_when_the_newer_one_sends_the_older_ones()
    {
        var counts = Counts(
            Line("session.start", id: Old),
            Line("crash", """{"exception_type":"System.NullReferenceException","message":"boom"}""", Old),
            Line("session.start", id: New),
            Line("session.start", id: New));

        Assert.Equal([("1.1.9", 1L, 1L), ("1.2.0", 2L, 0L)], counts.Select(count => (Text(count, "version"), Number(count, "sessions"), Number(count, "crashes"))));
        Assert.Equal("""{"System.NullReferenceException":1}""", counts[0].GetProperty("crash_types").GetRawText());
    }

    [Fact]
    public void Sums_sessions_runs_errors_and_crashes_of_an_hour()
    {
        var count = Assert.Single(Counts(
            Line("run_start"),
            Line("run_end", """{"status":"failed"}"""),
            Line("run_end", """{"status":"completed"}"""),
            Line("run_end", """{"status":"who knows"}"""),
            Line("anything", """{"type":"Acme.BrokenException"}""", level: "error"),
            Line("anything", level: "warning"),
            Line("runtime_error", """{"error":"out of memory"}""")));

        Assert.Equal((7L, 1L, 2L, 1L), (Number(count, "events"), Number(count, "runs_started"), Number(count, "errors"), Number(count, "crashes")));
        Assert.Equal("""{"failed":1,"other":1,"success":1}""", count.GetProperty("runs_ended").GetRawText());
        Assert.Equal("""{"Acme.BrokenException":1,"other":1}""", count.GetProperty("error_types").GetRawText());
        Assert.Equal("2026-03-01T12:00:00Z", Text(count, "hour"));
    }

    [Fact]
    public void A_sampled_event_counts_as_often_as_it_stands_for_others()
    {
        var count = Assert.Single(Counts("""{"ts":"2026-03-01T12:00:00Z","event":"x","details":{},"level":"error","weight":10}"""));

        Assert.Equal((10L, 10L), (Number(count, "events"), Number(count, "errors")));
    }

    [Fact]
    public void Hours_and_unknown_writers_stand_apart()
    {
        var counts = Counts(Line("a", ts: "2026-03-01T12:59:59.999Z"), Line("a", ts: "2026-03-01T13:00:00Z"), Line("a", ts: "2026-03-01T13:00:00Z", id: "zzzzzzzzzzz"));

        Assert.Equal([("1.2.0", "2026-03-01T12:00:00Z"), ("1.2.0", "2026-03-01T13:00:00Z"), (null, "2026-03-01T13:00:00Z")], counts.Select(count => (Text(count, "version"), Text(count, "hour"))));
    }

    [Fact]
    [Trait("Feature", "S2.6")]
    public void Stays_below_10_KB_and_loses_no_event_whatever_the_log_holds()
    {
        var lines = Enumerable.Range(0, 2000).Select(index => Line(
            "crash", $$"""{"type":"Some.Quite.Long.Namespace.Of.Somebody.Elses.Exception{{index:0000}}"}""", ts: $"2026-0{(index % 9) + 1}-{(index % 28) + 1:00}T{index % 24:00}:00:00Z"));

        var body = Body([.. lines]);

        Assert.InRange(body.Length, 1, 10_000);
        Assert.Equal(2000, JsonDocument.Parse(body).RootElement.GetProperty("counts").EnumerateArray().Sum(count => Number(count, "crashes")));
    }

    [Theory]
    [InlineData("the user Jane Doe did it")]
    [InlineData("jane@example.com")]
    [InlineData("/home/jane")]
    [InlineData("")]
    public void What_does_not_read_like_a_type_goes_by_no_name(string type)
    {
        var count = Assert.Single(Counts(Line("crash", JsonSerializer.Serialize(new { type }))));

        Assert.Equal("""{"other":1}""", count.GetProperty("crash_types").GetRawText());
    }

    [Fact]
    [Trait("Feature", "S1.13")]
    public void Is_the_same_bytes_for_the_same_bounds_and_names_nobody()
    {
        var first = Body(Line("a"), Line("b"));

        var again = Body(Line("a"), Line("b"));

        Assert.Equal(first, again);
        Assert.NotEqual(Key(first), Key(Body(Line("a"))));
        Assert.DoesNotContain(Device.Id, System.Text.Encoding.UTF8.GetString(first), StringComparison.Ordinal);
        Assert.Equal(64, Text(JsonDocument.Parse(first).RootElement, "device")!.Length);
    }

    private static string? Key(byte[] body) => Text(JsonDocument.Parse(body).RootElement, "report");

    private static List<JsonElement> Counts(params string[] lines) => [.. JsonDocument.Parse(Body(lines)).RootElement.GetProperty("counts").EnumerateArray()];

    private static byte[] Body(params string[] lines)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        var stream = new StreamId(1);
        return CommunityReport.Of(new SinkBatch(1, new Cursor(stream, 0, 0), new Cursor(stream, bytes.Length, lines.Length), bytes), Device, AppOf, out _);
    }

    private static AppIdentity? AppOf(string instance) => instance switch
    {
        Old => new AppIdentity("crawler", "1.1.9", "linux-x64"),
        New => new AppIdentity("crawler", "1.2.0", "linux-x64"),
        _ => null,
    };

    private static string Line(string name, string details = "{}", string id = New, string ts = "2026-03-01T12:30:00Z", string? level = null) =>
        $"{{\"ts\":\"{ts}\",\"event\":\"{name}\",\"details\":{details}{(level is null ? "" : $",\"level\":\"{level}\"")},\"id\":\"{id}-00000000000001\"}}";

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
