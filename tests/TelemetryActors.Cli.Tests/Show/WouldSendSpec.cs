using System.Text.Json;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Cli.Show;

[Trait("Feature", "S2.61")]
[Trait("Feature", "S3.31")]
public sealed class WouldSendSpec : IDisposable
{
    private readonly UploadRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("http", false)]
    [InlineData("runs", false)]
    [InlineData("community", false)]
    [InlineData("community", true)]
    public async Task Prints_the_bytes_that_the_server_gets_afterwards(string sink, bool sendsEvents)
    {
        // Told to wait, a sink sends the same batch again later: what goes next stands fast.
        _rig.Server.AnswerWith(429, "1");
        using (var telemetry = Start(sendsEvents))
        {
            telemetry.Consent.Grant("jane");
            Eventually.True(() => StatusOf(telemetry, sink) is { Accounts.Count: > 0, Circuit.State: CircuitState.Closed });
            telemetry.RecordFor(
                "user-77", "login", ("host", "janes-laptop"), ("file", "/home/jane/x"), ("mail", "jane@example.com.1"), ("at", "48.85°N 2.35°E"), ("then", "lat=33.86,151.2"),
                ("said", "Authorization: Bearer opensesame"), ("Cookie", "sesame"), ("took", "5.123, 6.123 ms"));
            await telemetry.RunAsync("crawler", "nightly", _ => Task.CompletedTask);
            _ = telemetry.FlushSinksAsync(Eventually.DefaultBound, sink);
            Eventually.True(() => Sent(sink).Count > 0);
        }

        var printed = _rig.Program.Run("show", "--would-send", sink);
        var before = Sent(sink).Count;
        _rig.Server.AnswerWith(200);
        using (var telemetry = Start(sendsEvents))
        {
            Assert.True(await telemetry.FlushSinksAsync(Eventually.DefaultBound, sink));
        }

        var sent = Sent(sink)[before].Body;
        Assert.Equal((0, ""), (printed.ExitCode, printed.Error));
        Assert.Equal([.. sent, (byte)'\n'], printed.OutputBytes);
        Assert.All(new[] { "example", "sesame" }, secret => Assert.DoesNotContain(secret, printed.Output, StringComparison.Ordinal));
        Assert.Equal(sink == "http", printed.Output.Contains("48.85", StringComparison.Ordinal));
        Assert.Equal(sink == "http", printed.Output.Contains("151.2", StringComparison.Ordinal));
        Assert.Equal(sink == "http" || (sink == "community" && sendsEvents), printed.Output.Contains("5.123, 6.123 ms", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_configured_wins_over_what_programs_sent_so_far()
    {
        using (var telemetry = Start(sendsEvents: false))
        {
            telemetry.Record("login");
        }

        Assert.Equal(0, _rig.Program.Run("config", "set", "sinks.community.sendEvents", "true").ExitCode);
        var events = JsonDocument.Parse(_rig.Program.Run("show", "--would-send", "community").OutputBytes).RootElement;
        Assert.Equal(0, _rig.Program.Run("config", "set", "sinks.community.sendEvents", "false").ExitCode);
        var counts = JsonDocument.Parse(_rig.Program.Run("show", "--would-send", "community").OutputBytes).RootElement;

        Assert.Equal((true, false), (events.TryGetProperty("events", out _), counts.TryGetProperty("events", out _)));
    }

    [Fact]
    public void Shows_the_newest_events_before_anything_was_ever_set_up_and_says_so()
    {
        _rig.Program.Record(client => client.Record("login", ("file", "/home/jane/x")));

        var printed = _rig.Program.Run("show", "--would-send", "http");

        Assert.Contains("nothing waits for http", printed.Error, StringComparison.Ordinal);
        Assert.Equal("login", Assert.Single(JsonDocument.Parse(printed.OutputBytes).RootElement.GetProperty("events").EnumerateArray()).GetProperty("event").GetString());
        Assert.Empty(_rig.Server.Requests);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public async Task Leaves_out_what_consent_does_not_cover_as_the_upload_and_its_replay_do()
    {
        _rig.Server.AnswerWith(429, "1");
        using (var telemetry = Start(sendsEvents: false))
        {
            telemetry.Record("before");
            Eventually.True(() => StatusOf(telemetry, "http") is { Accounts.Count: > 0 });
            Assert.Equal(0, _rig.Program.Run("consent", "grant").ExitCode);
            telemetry.Record("after");
            _ = telemetry.FlushSinksAsync(Eventually.DefaultBound, "http");
            Eventually.True(() => Sent("http").Count > 0);
        }

        var printed = EventsOf(_rig.Program.Run("show", "--would-send", "http").OutputBytes);
        _rig.Server.AnswerWith(200);
        using (var telemetry = Start(sendsEvents: false))
        {
            await telemetry.FlushSinksAsync(Eventually.DefaultBound, "http");
            var again = Sent("http").Count;
            Assert.Equal(0, _rig.Program.Run("replay", "--sink", "http", "--from", "1d").ExitCode);
            Eventually.True(() => Sent("http").Skip(again).Any(request => EventsOf(request.Body).Contains("after")));
        }

        Assert.Contains("after", printed);
        Assert.DoesNotContain("before", printed);
        Assert.DoesNotContain("before", Sent("http").SelectMany(request => EventsOf(request.Body)));
        Assert.Equal(0, _rig.Program.Run("doctor").ExitCode);
    }

    [Fact]
    public async Task Says_that_a_replay_is_asked_for_and_not_shown_until_it_is_carried_out()
    {
        using (var telemetry = Start(sendsEvents: false))
        {
            telemetry.Consent.Grant("jane");
            Eventually.True(() => StatusOf(telemetry, "http") is { Accounts.Count: > 0 });
            telemetry.Record("login");
            Assert.True(await telemetry.FlushSinksAsync(Eventually.DefaultBound, "http"));
        }

        Assert.Equal(0, _rig.Program.Run("replay", "--sink", "http", "--from", "1d").ExitCode);
        var asked = _rig.Program.Run("show", "--would-send", "http");
        Assert.Equal(0, _rig.Program.Run("replay", "--sink", "http", "--cancel").ExitCode);
        Assert.Equal(0, _rig.Program.Run("replay", "--sink", "http", "--from", "1d").ExitCode);
        var more = _rig.Program.Run("show", "--would-send", "http");
        using (var telemetry = Start(sendsEvents: false))
        {
            _ = telemetry.FlushSinksAsync(Eventually.DefaultBound, "http");
            Eventually.True(() => Sent("http").Count(request => EventsOf(request.Body).Contains("login")) == 2);
        }

        var done = _rig.Program.Run("show", "--would-send", "http");
        Assert.Contains("1 command to http is not carried out yet (replay): ", asked.Error, StringComparison.Ordinal);
        Assert.Contains("nothing else waits for http", asked.Error, StringComparison.Ordinal);
        Assert.Contains("3 commands to http are not carried out yet (replay, cancel): ", more.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not carried out", done.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_without_runs_prints_nothing_for_runs()
    {
        _rig.Program.Record(client => client.Record("login"));

        var printed = _rig.Program.Run("show", "--would-send", "runs");

        Assert.Equal((0, 0), (printed.ExitCode, printed.OutputBytes.Length));
    }

    [Fact]
    public void A_sink_that_uploads_nothing_is_a_usage_error()
    {
        Assert.Equal(2, _rig.Program.Run("show", "--would-send", "console").ExitCode);
    }

    private TelemetryClient Start(bool sendsEvents)
    {
        var options = _rig.Program.Options();
        options.EnableCommunity = true;
        options.AddHttp(new Uri(_rig.Server.Address, "http"));
        options.AddRunPosting(new Uri(_rig.Server.Address, "runs"));
        options.AddCommunity(community =>
        {
            community.Endpoint = new Uri(_rig.Server.Address, "community");
            community.SendEvents = sendsEvents;
        });
        return TelemetryClient.Start(options);
    }

    private static List<string> EventsOf(byte[] body) =>
        [.. JsonDocument.Parse(body).RootElement.GetProperty("events").EnumerateArray().Select(json => json.GetProperty("event").GetString()!)];

    private IReadOnlyList<LoopbackRequest> Sent(string sink) => [.. _rig.Server.Requests.Where(request => request.Path == "/" + sink)];

    private static SinkStatus StatusOf(TelemetryClient telemetry, string name) => telemetry.Sinks.Single(sink => sink.Name == name);
}
