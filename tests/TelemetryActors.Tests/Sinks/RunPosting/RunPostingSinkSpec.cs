using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.RunPosting;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Sinks.RunPosting;

[Trait("Feature", "S4.13")]
public sealed class RunPostingSinkSpec : IDisposable
{
    private readonly LoopbackHttpServer _server = new();
    private volatile bool _hasConsent = true;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Posts_one_run_a_request_and_passes_all_else()
    {
        await using var sink = Create();

        var outcome = await Deliver(sink, 0, "note", "run_end", "note", "run_end");

        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal(["run-1", "run-3"], Posted());
        Assert.All(_server.Requests, request => Assert.Equal("Bearer very-secret", request.Headers["Authorization"]));
        Assert.Equal(["end-1", "end-3"], _server.Requests.Select(request => request.Headers["Idempotency-Key"]));
    }

    [Fact]
    public async Task A_batch_without_ends_makes_no_request()
    {
        await using var sink = Create();

        var outcome = Assert.IsType<SinkOutcome.PartlyDelivered>(await Deliver(sink, 0, "note", "note"));

        Assert.Equal((0, false), (outcome.Items.Count, outcome.IsProof));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    [Trait("Feature", "S4.19")]
    public async Task A_batch_that_is_tried_again_goes_on_behind_the_runs_that_were_taken()
    {
        await using var sink = Create();
        _server.Answer(request => new LoopbackAnswer(IdOf(request) == "run-1" ? 503 : 200));
        var first = await Deliver(sink, 0, "run_end", "run_end", "run_end");
        _server.AnswerWith(200);

        var second = await Deliver(sink, 0, "run_end", "run_end", "run_end");

        Assert.IsType<SinkOutcome.Retry>(first);
        Assert.Equal(SinkOutcome.Delivered, second);
        Assert.Equal(["run-0", "run-1", "run-1", "run-2"], Posted());
    }

    [Theory]
    [Trait("Feature", "U.2")]
    [InlineData(200, null, "AllDelivered")]
    [InlineData(409, null, "AllDelivered")]
    [InlineData(302, "https://script.googleusercontent.com/macros/echo?x=1", "AllDelivered")]
    [InlineData(302, "https://elsewhere.example/", "Misconfigured")]
    [InlineData(302, null, "Misconfigured")]
    [InlineData(401, null, "Misconfigured")]
    [InlineData(429, null, "Retry")]
    [InlineData(500, null, "Retry")]
    public async Task A_status_has_one_meaning(int status, string? location, string expected)
    {
        _server.Answer(_ => new LoopbackAnswer(status, Location: location));
        await using var sink = Create();

        var outcome = await Deliver(sink, 0, "run_end");

        Assert.Equal(expected, outcome.GetType().Name);
        Assert.DoesNotContain("very-secret", outcome.ToString(), StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [Trait("Feature", "U.2")]
    [InlineData(null, null)]
    [InlineData("application/json", "{\"ok\":true}")]
    [InlineData("application/json", "\"<html> is what they send\"")]
    [InlineData("text/plain", "OK")]
    [InlineData("text/html", "")]
    [InlineData(null, "done")]
    public async Task An_answer_of_json_text_or_nothing_has_taken_the_run(string? type, string? body)
    {
        _server.Answer(_ => new LoopbackAnswer(200) { ContentType = type, Body = body });
        await using var sink = Create();

        var outcome = await Deliver(sink, 0, "run_end");

        Assert.Equal(SinkOutcome.Delivered, outcome);
    }

    [Theory]
    [Trait("Feature", "U.2")]
    [InlineData(200, "text/html; charset=utf-8", "<!DOCTYPE html><html><body><form>Sign in to continue</form></body></html>", "sign in")]
    [InlineData(200, null, "\n <html><input type=\"password\"></html>", "sign in")]
    [InlineData(200, "text/plain", "<!doctype html><title>Error</title>TypeError: e is undefined", "a page of HTML")]
    [InlineData(203, "text/html", "Script function not found: doPost", "a page of HTML")]
    public async Task A_page_has_taken_no_run_and_the_cause_says_what_it_is(int status, string? type, string body, string cause)
    {
        _server.Answer(_ => new LoopbackAnswer(status) { ContentType = type, Body = body });
        await using var sink = Create();

        var outcome = await Deliver(sink, 0, "run_end");

        Assert.Contains(cause, Assert.IsType<SinkOutcome.Misconfigured>(outcome).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Feature", "U.2")]
    [InlineData("text/plain", "\n", "AllDelivered")]
    [InlineData("text/html", "<html>", "Misconfigured")]
    [InlineData("text/html", "\n", "Misconfigured")]
    [InlineData("application/xhtml+xml", "\n", "Misconfigured")]
    [InlineData(null, "\n", "AllDelivered")]
    public async Task An_answer_that_never_ends_is_judged_by_what_has_come_and_what_it_says_it_is(string? type, string body, string expected)
    {
        _server.Answer(_ => new LoopbackAnswer(200) { ContentType = type, Body = body, StaysOpen = true });
        await using var sink = Create(time: TimeProvider.System);

        var outcome = await Deliver(sink, 0, "run_end").AsTask().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(expected, outcome.GetType().Name);
    }

    [Fact]
    public async Task A_run_that_is_refused_is_named_and_the_others_arrive()
    {
        _server.Answer(request => new LoopbackAnswer(IdOf(request) == "run-2" ? 400 : 200));
        await using var sink = Create();

        var outcome = await Deliver(sink, 0, "run_end", "note", "run_end", "run_end");

        Assert.Equal(new RejectedItem(2, "HTTP 400"), Assert.Single(Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).Items));
        Assert.Equal(["run-0", "run-2", "run-3"], Posted());
    }

    [Fact]
    [Trait("Feature", "S4.19")]
    public async Task A_run_of_which_no_body_can_be_made_is_refused_without_a_request_and_the_others_arrive()
    {
        var options = new RunPostingOptions { Endpoint = _server.Address };
        await using var sink = new RunPostingSink(options, () => _hasConsent, new ManualTime(), transport: null)
        {
            Write = line => line.RunId == "run-1" ? throw new OverflowException("too long") : RunPost.Write(line),
        };

        var outcome = await Deliver(sink, 0, "run_end", "run_end", "run_end");

        var refused = Assert.Single(Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).Items);
        Assert.Equal(new RejectedItem(1, "no body can be made of it: OverflowException: too long"), refused);
        Assert.Equal(["run-0", "run-2"], Posted());
    }

    [Fact]
    public async Task Refusals_alone_prove_nothing_and_are_not_counted_here()
    {
        _server.AnswerWith(400);
        await using var sink = Create();

        var outcomes = new List<SinkOutcome>();
        for (var run = 0; run < 25; run++)
        {
            outcomes.Add(await Deliver(sink, 2 * run, "note", "run_end"));
        }

        Assert.All(outcomes, outcome => Assert.Equal((1, false), (Assert.Single(Assert.IsType<SinkOutcome.PartlyDelivered>(outcome).Items).Index, ((SinkOutcome.PartlyDelivered)outcome).IsProof)));
    }

    [Fact]
    [Trait("Feature", "S4.19")]
    public async Task One_call_makes_so_many_posts_and_the_next_goes_on_behind_them()
    {
        _server.Answer(request => new LoopbackAnswer(IdOf(request) == "run-3" ? 400 : 200));
        await using var sink = Create();
        var ends = Enumerable.Repeat("run_end", RunPostingSink.MaxPosts + 10).ToArray();

        var first = await Deliver(sink, 0, ends);
        var part = await Deliver(sink, 0, ends[..RunPostingSink.MaxPosts]);
        var rest = await Deliver(sink, RunPostingSink.MaxPosts, ends[RunPostingSink.MaxPosts..]);

        Assert.Equal(new SinkOutcome.Unfinished(RunPostingSink.MaxPosts), first);
        Assert.Equal(new RejectedItem(3, "HTTP 400"), Assert.Single(Assert.IsType<SinkOutcome.PartlyDelivered>(part).Items));
        Assert.Equal(SinkOutcome.Delivered, rest);
        Assert.Equal(Enumerable.Range(0, ends.Length).Select(run => $"run-{run}"), Posted());
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public async Task Nothing_connects_before_consent()
    {
        _hasConsent = false;
        await using var sink = Create();

        var outcome = await Deliver(sink, 0, "run_end");

        Assert.Equal(new SinkOutcome.Misconfigured("no consent"), outcome);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public async Task Consent_that_is_taken_back_in_the_middle_of_a_batch_ends_its_posts()
    {
        _server.Answer(request =>
        {
            _hasConsent = IdOf(request) != "run-1";
            return new LoopbackAnswer(200);
        });
        await using var sink = Create();

        var outcome = await Deliver(sink, 0, "run_end", "run_end", "note", "run_end");
        var whileDenied = Posted().ToList();
        _hasConsent = true;
        var rest = await Deliver(sink, 0, "run_end", "run_end", "note", "run_end");

        Assert.Equal(new SinkOutcome.Misconfigured("no consent"), outcome);
        Assert.Equal(["run-0", "run-1"], whileDenied);
        Assert.Equal(SinkOutcome.Delivered, rest);
        Assert.Equal(["run-0", "run-1", "run-3"], Posted());
    }

    [Fact]
    public async Task A_connection_that_is_reset_is_tried_again()
    {
        using var listener = new LoopbackListener();
        await using var sink = Create(listener.Address);

        var outcome = await Deliver(sink, 0, "run_end");

        Assert.StartsWith("network", Assert.IsType<SinkOutcome.Retry>(outcome).Reason, StringComparison.Ordinal);
    }

    private ISink Create(Uri? endpoint = null, TimeProvider? time = null)
    {
        var options = new RunPostingOptions { Endpoint = endpoint ?? _server.Address, Token = "very-secret" };
        return RunPostingRegistration.Define(options, () => _hasConsent).Create(new SinkContext("runs", "", time ?? new ManualTime()));
    }

    private static ValueTask<SinkOutcome> Deliver(ISink sink, int first, params string[] events)
    {
        var lines = events.Select((name, index) => $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"{name}\",\"details\":{{\"status\":\"success\"}},\"run_id\":\"run-{first + index}\",\"id\":\"end-{first + index}\"}}\n");
        var bytes = System.Text.Encoding.UTF8.GetBytes(string.Concat(lines));
        var stream = new StreamId(1);
        return sink.DeliverAsync(new SinkBatch(1, new Cursor(stream, first * 1000, first), new Cursor(stream, (first * 1000) + bytes.Length, first + events.Length), bytes), CancellationToken.None);
    }

    private IEnumerable<string?> Posted() => _server.Requests.Select(IdOf);

    private static string? IdOf(LoopbackRequest request) => JsonDocument.Parse(request.Body).RootElement.GetProperty("run_id").GetString();
}
