using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.Http;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Http;

[Trait("Feature", "S2.8")]
public sealed class HttpSinkSpec : LoopbackConformance
{
    private readonly ManualTime _time = new();
    private bool _hasConsent = true;

    protected override ISink Create()
    {
        var options = new HttpSinkOptions { Endpoint = new Uri(Server.Address, "telemetry"), HasConsent = () => _hasConsent };
        options.Headers["Authorization"] = "Bearer very-secret";
        return new HttpSink(options, _time);
    }

    protected override IReadOnlyList<long> Arrived() => [.. Server.Requests.SelectMany(Numbers)];

    protected override IReadOnlyList<string> Secrets => ["very-secret"];

    [Fact]
    public async Task Posts_the_events_as_one_json_object()
    {
        await using var sink = Create();

        await sink.DeliverAsync(Batch(0, 2), CancellationToken.None);

        var request = Assert.Single(Server.Requests);
        Assert.Equal(("POST", "/telemetry", "application/json"), (request.Method, request.Path, request.ContentType));
        Assert.Equal([0, 1], Numbers(request));
    }

    [Theory]
    [InlineData(200, "AllDelivered")]
    [InlineData(204, "AllDelivered")]
    [InlineData(302, "Misconfigured")]
    [InlineData(400, "Rejected")]
    [InlineData(401, "Misconfigured")]
    [InlineData(403, "Misconfigured")]
    [InlineData(404, "Misconfigured")]
    [InlineData(408, "Retry")]
    [InlineData(409, "Rejected")]
    [InlineData(413, "Rejected")]
    [InlineData(422, "Rejected")]
    [InlineData(425, "Retry")]
    [InlineData(429, "Retry")]
    [InlineData(500, "Retry")]
    [InlineData(503, "Retry")]
    public async Task A_status_has_one_meaning(int status, string outcome)
    {
        Server.AnswerWith(status);
        await using var sink = Create();

        var answer = await sink.DeliverAsync(Batch(0, 1), CancellationToken.None);

        Assert.Equal(outcome, answer.GetType().Name);
        Assert.DoesNotContain("very-secret", answer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Sun, 01 Mar 2026 12:01:30 GMT", 90)]
    [InlineData("Sun, 01 Mar 2026 11:00:00 GMT", 0)]
    [InlineData("99999999999", int.MaxValue)]
    public async Task Retry_after_is_taken_in_seconds_and_as_a_date(string retryAfter, int seconds)
    {
        Server.AnswerWith(429, retryAfter);
        await using var sink = Create();

        var answer = await sink.DeliverAsync(Batch(0, 1), CancellationToken.None);

        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.IsType<SinkOutcome.Retry>(answer).After);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Each_status_that_is_tried_again_may_name_the_wait(int status)
    {
        Server.AnswerWith(status, "120");
        await using var sink = Create();

        var answer = await sink.DeliverAsync(Batch(0, 1), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Retry($"HTTP {status}", TimeSpan.FromSeconds(120)), answer);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public async Task Nothing_connects_before_consent()
    {
        _hasConsent = false;
        await using var sink = Create();

        var answer = await sink.DeliverAsync(Batch(0, 1), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Misconfigured("no consent"), answer);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task A_server_that_is_gone_is_tried_again()
    {
        await using var sink = Create();
        Server.Dispose();

        var answer = await sink.DeliverAsync(Batch(0, 1), CancellationToken.None);

        Assert.StartsWith("network", Assert.IsType<SinkOutcome.Retry>(answer).Reason, StringComparison.Ordinal);
    }

    private static IEnumerable<long> Numbers(LoopbackRequest request)
    {
        using var document = JsonDocument.Parse(request.Body);
        return [.. document.RootElement.GetProperty("events").EnumerateArray().Select(entry => entry.GetProperty("details").GetProperty("n").GetInt64())];
    }
}
