using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using TelemetryActors.Tests.Client;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Community;

[Trait("Feature", "S1.3")]
[Trait("Feature", "S1.9")]
[Trait("Feature", "S1.10")]
public sealed class CommunitySpec : IDisposable
{
    private readonly ClientRig _rig = new();
    private readonly LoopbackHttpServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _rig.Dispose();
    }

    [Theory]
    [Trait("Feature", "D.9")]
    [Trait("Feature", "S1.20")]
    [InlineData(false, true, null)]
    [InlineData(true, false, null)]
    [InlineData(true, true, "1")]
    public async Task Nobody_connects_without_the_setting_the_consent_and_leave_to_track(bool isEnabled, bool hasConsent, string? doNotTrack)
    {
        using var listener = new LoopbackListener();
        _rig.Variables["DO_NOT_TRACK"] = doNotTrack ?? "";
        using (var telemetry = _rig.Start(options => Community(options, listener.Address, isEnabled)))
        {
            if (hasConsent)
            {
                telemetry.Consent.Grant("jane");
            }

            telemetry.Record("work");
            await telemetry.FlushAsync();
            await telemetry.FlushSinksAsync(TimeSpan.FromSeconds(2), "community");
        }

        Assert.Equal(0, listener.Connections);
        Assert.False(File.Exists(Path.Combine(_rig.BaseDirectory, "state", "device.json")));
    }

    [Fact]
    public async Task With_all_three_somebody_connects()
    {
        using var listener = new LoopbackListener();
        using var telemetry = _rig.Start(options => Community(options, listener.Address));
        await Granted(telemetry);

        telemetry.Record("work");

        _ = telemetry.FlushSinksAsync(Eventually.DefaultBound, "community");
        Eventually.True(() => listener.Connections > 0);
    }

    [Fact]
    [Trait("Feature", "S1.13")]
    public async Task A_report_says_what_a_version_did_and_nothing_of_who()
    {
        using var telemetry = _rig.Start(options => Community(options, _server.Address));
        await Granted(telemetry);

        telemetry.RecordFor("user-77", "login", ("host", "janes-laptop"), ("lat", 48.8566));
        telemetry.Record("crash", ("type", "Acme.BrokenException"), ("path", "/home/jane/x"));
        await telemetry.RunAsync("crawler", "nightly", _ => Task.CompletedTask);
        await Sent(telemetry);

        var body = Assert.Single(Bodies());

        // Two where an hour ended in the middle.
        var counts = body.GetProperty("counts").EnumerateArray().ToList();
        Assert.InRange(counts.Count, 1, 2);
        Assert.All(counts, count => Assert.Equal(("spec-app", "1.2.0"), (count.GetProperty("app").GetString(), count.GetProperty("version").GetString())));
        Assert.Equal((1, 1), (counts.Sum(count => count.GetProperty("crashes").GetInt32()), counts.Sum(count => count.GetProperty("runs_started").GetInt32())));
        Assert.Equal("{\"success\":1}", Assert.Single(counts.Select(count => count.GetProperty("runs_ended").GetRawText()), ended => ended != "{}"));
        Assert.Equal(Identity().AnonymousId, body.GetProperty("device").GetString());
        AssertSaysNothing(body.GetRawText());
    }

    [Fact]
    [Trait("Feature", "S1.11")]
    [Trait("Feature", "S1.12")]
    public async Task Events_go_stripped_when_they_are_asked_for()
    {
        using var telemetry = _rig.Start(options =>
        {
            Community(options, _server.Address);
            options.Community.SendEvents = true;
        });
        await Granted(telemetry);

        telemetry.RecordFor("user-77", "login", ("host", "janes-laptop"), ("at", "48.8566, 2.3522"), ("file", "/home/jane/x"), ("n", 1));
        await Sent(telemetry);

        var body = Assert.Single(Bodies());
        var login = body.GetProperty("events").EnumerateArray().Single(line => line.GetProperty("event").GetString() == "login");
        Assert.Equal("""{"at":"[REDACTED]","file":"/home/[REDACTED]/x","n":1}""", login.GetProperty("details").GetRawText());
        Assert.Equal("1.2.0", body.GetProperty("apps").GetProperty(login.GetProperty("id").GetString()![..11]).GetProperty("version").GetString());
        AssertSaysNothing(body.GetRawText());
    }

    [Theory]
    [Trait("Feature", "S1.11")]
    [Trait("Feature", "S1.13")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whom_an_event_concerns_stays_in_the_owners_log(bool sendsEvents)
    {
        using var telemetry = _rig.Start(options =>
        {
            Community(options, _server.Address);
            options.Community.SendEvents = sendsEvents;
        });
        await Granted(telemetry);

        telemetry.RecordFor("user-77", "work", ("n", 1));
        await Sent(telemetry);
        await telemetry.FlushAsync();

        var body = Assert.Single(Bodies()).GetRawText();
        Assert.Equal(sendsEvents, body.Contains("\"event\":\"work\"", StringComparison.Ordinal));
        Assert.DoesNotContain("user_id", body, StringComparison.Ordinal);
        AssertSaysNothing(body);
        Assert.Contains(Directory.GetFiles(Path.Combine(_rig.BaseDirectory, "raw")), log => File.ReadAllText(log).Contains("\"user_id\":\"user-77\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_crash_counts_for_the_version_that_crashed_and_not_for_the_one_that_reports_it()
    {
        using (var crashing = _rig.Start(options => Community(options, _server.Address, version: "1.1.9")))
        {
            await Granted(crashing);
            crashing.Command("community", SinkCommandKind.Pause, "spec");
            Eventually.True(() => crashing.Sinks.Single(sink => sink.Name == "community").IsPaused);
            crashing.Record("crash", ("type", "Acme.BrokenException"));
        }

        using var telemetry = _rig.Start(options => Community(options, _server.Address, version: "1.2.0"));
        telemetry.Command("community", SinkCommandKind.Resume, "spec");

        // Before it is loaded it is not paused either.
        Eventually.True(() => telemetry.Sinks.Single(sink => sink.Name == "community") is { Accounts.Count: > 0, IsPaused: false });
        await Sent(telemetry);

        var counts = Bodies().SelectMany(body => body.GetProperty("counts").EnumerateArray()).Where(count => count.GetProperty("crashes").GetInt32() > 0);
        Assert.Equal("1.1.9", Assert.Single(counts).GetProperty("version").GetString());
    }

    [Fact]
    public async Task A_report_that_is_sent_again_is_the_same_bytes_under_the_same_key()
    {
        var answers = 0;
        _server.Answer(_ => new LoopbackAnswer(Interlocked.Increment(ref answers) == 1 ? 429 : 200, "0"));
        using var telemetry = _rig.Start(options => Community(options, _server.Address));
        await Granted(telemetry);

        telemetry.Record("work");
        await Sent(telemetry);

        Assert.Equal(2, _server.Requests.Count);
        Assert.Equal(_server.Requests[0].Body, _server.Requests[1].Body);
        Assert.Equal(_server.Requests[0].Headers["Idempotency-Key"], _server.Requests[1].Headers["Idempotency-Key"]);
    }

    [Fact]
    [Trait("Feature", "S1.20")]
    public async Task What_was_recorded_while_it_was_switched_off_never_goes()
    {
        using (var telemetry = _rig.Start(options => Community(options, _server.Address)))
        {
            await Granted(telemetry);
            telemetry.Record("work");
            await Sent(telemetry);
        }

        using (var telemetry = _rig.Start(options => Community(options, _server.Address, isEnabled: false)))
        {
            telemetry.Record("crash");
        }

        _server.AnswerWith(200);
        var before = _server.Requests.Count;
        using (var telemetry = _rig.Start(options => Community(options, _server.Address)))
        {
            Eventually.True(() => telemetry.Sinks.Single(sink => sink.Name == "community").Accounts.Count > 0);
            telemetry.Record("work");
            await Sent(telemetry);
        }

        Assert.True(_server.Requests.Count > before);
        Assert.Equal(0, Bodies().SelectMany(body => body.GetProperty("counts").EnumerateArray()).Sum(count => count.GetProperty("crashes").GetInt32()));
    }

    [Fact]
    public async Task A_damaged_identity_is_told_and_sends_nothing()
    {
        Directory.CreateDirectory(Path.Combine(_rig.BaseDirectory, "state"));
        File.WriteAllText(Path.Combine(_rig.BaseDirectory, "state", "device.json"), "{");
        using var telemetry = _rig.Start(options => Community(options, _server.Address));
        await Granted(telemetry);

        telemetry.Record("work");
        _ = telemetry.FlushSinksAsync(Eventually.DefaultBound, "community");

        Eventually.True(() => telemetry.Sinks.Single(sink => sink.Name == "community").Circuit is { IsMisconfigured: true, Cause: { } cause } && cause.Contains("device.json", StringComparison.Ordinal));
        Assert.Empty(_server.Requests);
    }

    private static void Community(TelemetryOptions options, Uri endpoint, bool isEnabled = true, string version = "1.2.0")
    {
        options.EnableCommunity = isEnabled;
        options.AddCommunity(community =>
        {
            community.Endpoint = endpoint;
            community.AppName = "spec-app";
            community.AppVersion = version;
        });
    }

    // Consent comes before the first event, so nothing of it is skipped.
    private static Task Granted(TelemetryClient telemetry)
    {
        telemetry.Consent.Grant("jane");
        Eventually.True(() => telemetry.Sinks.Single(sink => sink.Name == "community").Accounts.Count > 0);
        return Task.CompletedTask;
    }

    private static async Task Sent(TelemetryClient telemetry) => Assert.True(await telemetry.FlushSinksAsync(Eventually.DefaultBound, "community"));

    private void AssertSaysNothing(string text)
    {
        foreach (var secret in new[] { "jane", "user-77", "48.85", Identity().Id })
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }
    }

    private DeviceIdentity Identity() => new DeviceIdentityFile(DiskFileSystem.Instance, _rig.BaseDirectory, null).Load();

    private IReadOnlyList<JsonElement> Bodies() => [.. _server.Requests.Select(request => JsonDocument.Parse(request.Body).RootElement)];
}
