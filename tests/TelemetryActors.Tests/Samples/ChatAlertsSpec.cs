using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatAlerts;
using TelemetryActors.Delivery;
using TelemetryActors.TestKit.Conformance;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Samples;

public sealed class ChatAlertsSpec : SinkConformance, IDisposable
{
    private readonly LoopbackHttpServer _chat = new();

    public static TheoryData<int, Type> Answers() => new()
    {
        { 204, SinkOutcome.Delivered.GetType() },
        { 302, typeof(SinkOutcome.Retry) },
        { 400, typeof(SinkOutcome.Rejected) },
        { 403, typeof(SinkOutcome.Misconfigured) },
        { 410, typeof(SinkOutcome.Misconfigured) },
        { 413, typeof(SinkOutcome.Rejected) },
        { 429, typeof(SinkOutcome.Retry) },
        { 500, typeof(SinkOutcome.Retry) },
    };

    public void Dispose() => _chat.Dispose();

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_has_its_outcome_and_no_reason_shows_the_webhook(int status, Type outcome)
    {
        _chat.AnswerWith(status);
        await using var sink = Create();

        var answer = await sink.DeliverAsync(Batch(0, 1), CancellationToken.None);

        Assert.IsType(outcome, answer);
        Assert.DoesNotContain("secret", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_after_is_handed_on()
    {
        _chat.AnswerWith(429, "30");
        await using var sink = Create();

        var answer = await sink.DeliverAsync(Batch(0, 1), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Retry("HTTP 429", TimeSpan.FromSeconds(30)), answer);
    }

    [Fact]
    public async Task A_batch_without_a_warning_is_delivered_without_a_word()
    {
        await using var sink = new ChatAlertsSink(new ChatAlertsOptions { Webhook = _chat.Address });

        var answer = await sink.DeliverAsync(Batch(0, 10), CancellationToken.None);

        Assert.Equal(SinkOutcome.Delivered, answer);
        Assert.Empty(_chat.Requests);
    }

    [Fact]
    public void It_can_be_run()
    {
        var options = new TelemetryOptions().AddChatAlerts(_chat.Address, chat => chat.Levels.Remove("warning"));

        Assert.Empty(SinkPolicyFaults.Of(Assert.Single(options.Sinks).Policy, "Sinks:chat"));
    }

    protected override ISink Create()
    {
        var options = new ChatAlertsOptions { Webhook = new Uri(_chat.Address, "secret") };
        options.Levels.Clear();
        return new ChatAlertsSink(options);
    }

    protected override IReadOnlyList<long> Arrived() =>
    [
        .. _chat.Requests
            .Select(request => JsonDocument.Parse(request.Body).RootElement.GetProperty("text").GetString()!)
            .SelectMany(text => text.Split('\n'))
            .Select(line => long.Parse(Regex.Match(line, @"\d+").Value, CultureInfo.InvariantCulture)),
    ];

    protected override IReadOnlyList<string> Secrets => ["secret"];

    protected override bool TryMend()
    {
        _chat.AnswerWith(200);
        return true;
    }

    protected override IDisposable TryHang() => _chat.Hold();

    protected override bool TryBreak()
    {
        _chat.AnswerWith(500);
        return true;
    }
}
