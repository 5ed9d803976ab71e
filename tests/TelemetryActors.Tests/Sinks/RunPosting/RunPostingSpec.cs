using System.Text.Json;
using TelemetryActors.Runs;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using TelemetryActors.Tests.Client;
using Xunit;

namespace TelemetryActors.Tests.Sinks.RunPosting;

[Trait("Feature", "S4.13")]
public sealed class RunPostingSpec : IDisposable
{
    private const string Token = "runs-token-0815";

    private readonly ClientRig _rig = new();
    private readonly LoopbackHttpServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _rig.Dispose();
    }

    [Fact]
    [Trait("Feature", "S4.10")]
    public async Task A_finished_run_is_posted_with_what_its_start_told()
    {
        using var telemetry = Start();
        var run = telemetry.StartRun("crawler", "nightly", new RunLabels { ["product"] = "Words" });
        run.SetMetric("items_discovered", 10);
        run.Record("checkpoint");
        await Sent(telemetry);
        var whileRunning = _server.Requests.Count;

        run.End(RunStatus.Partial, "late");
        await Sent(telemetry);

        var posted = JsonDocument.Parse(Assert.Single(_server.Requests).Body).RootElement;
        Assert.Equal(0, whileRunning);
        Assert.Equal(
            (run.Id, "crawler", "nightly", "partial", "Words", 10, "late"),
            (Text(posted, "run_id"), Text(posted, "agent_name"), Text(posted, "job_type"), Text(posted, "status"), Text(posted, "product"), posted.GetProperty("items_discovered").GetInt32(), Text(posted, "error_summary")));
        Assert.True(posted.GetProperty("duration_ms").GetInt64() >= 0);
        Assert.Equal(TimeSpan.Zero, DateTimeOffset.Parse(Text(posted, "start_time")!, System.Globalization.CultureInfo.InvariantCulture).Offset);
    }

    [Fact]
    [Trait("Feature", "S4.19")]
    public async Task What_the_api_did_not_take_stays_behind_the_cursor_and_goes_at_the_next_start()
    {
        _server.AnswerWith(500);
        using (var telemetry = Start())
        {
            await telemetry.RunAsync("crawler", "nightly", _ => Task.CompletedTask);
            Eventually.True(() => _server.Requests.Count > 0);
        }

        _server.AnswerWith(200);
        using var next = Start();
        await Sent(next);

        Assert.True(_server.Requests.Count >= 2);
        Assert.Equal(_server.Requests[0].Body, _server.Requests[^1].Body);
        var account = Assert.Single(next.Sinks.Single(sink => sink.Name == "runs").Accounts);
        Assert.Equal((0L, true), (account.Dropped.Total - account.Dropped[TelemetryActors.Events.DropReason.Skipped], account.IsBalanced));
    }

    [Fact]
    [Trait("Feature", "U.4")]
    public async Task Address_and_token_come_from_the_environment_and_the_token_is_shown_nowhere()
    {
        _rig.Variables["METRICS_API_URL"] = _server.Address.AbsoluteUri;
        _rig.Variables["METRICS_API_TOKEN"] = Token;
        using (var telemetry = _rig.Start())
        {
            Granted(telemetry);
            await telemetry.RunAsync("crawler", "nightly", _ => Task.CompletedTask);
            await Sent(telemetry);

            Assert.DoesNotContain(telemetry.GetConfig().Values, value => value.Value?.Contains(Token, StringComparison.Ordinal) == true);
            Assert.Equal("Bearer " + Token, Assert.Single(_server.Requests).Headers["Authorization"]);
        }

        Assert.DoesNotContain(
            Directory.EnumerateFiles(_rig.BaseDirectory, "*", SearchOption.AllDirectories),
            path => System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(path)).Contains(Token, StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Feature", "U.4")]
    [InlineData("METRICS_API_ENABLED", "false")]
    [InlineData("TelemetryActors__Sinks__Runs__Enabled", "false")]
    [InlineData("TelemetryActors__Sinks__Runs__Endpoint", "nowhere")]
    public void Is_there_only_when_address_and_switch_allow_it(string variable, string value)
    {
        _rig.Variables["METRICS_API_URL"] = variable.EndsWith("Endpoint", StringComparison.Ordinal) ? "nowhere" : _server.Address.AbsoluteUri;
        _rig.Variables[variable] = value;

        using var telemetry = _rig.Start();

        Assert.DoesNotContain(telemetry.Sinks, sink => sink.Name == "runs");
    }

    [Fact]
    public void A_token_that_cannot_be_one_is_told_without_it()
    {
        _rig.Variables["METRICS_API_TOKEN"] = Token + " and more";

        using var telemetry = _rig.Start();

        Assert.Contains(_rig.Failures, failure => failure.Message.Contains("METRICS_API_TOKEN", StringComparison.Ordinal));
        Assert.DoesNotContain(_rig.Failures, failure => failure.Message.Contains(Token, StringComparison.Ordinal));
    }

    private TelemetryClient Start()
    {
        var telemetry = _rig.Start(options => options.AddRunPosting(_server.Address));
        Granted(telemetry);
        return telemetry;
    }

    private static void Granted(TelemetryClient telemetry)
    {
        telemetry.Consent.Grant("jane");
        Eventually.True(() => telemetry.Sinks.Single(sink => sink.Name == "runs") is { Accounts.Count: > 0, Circuit.State: CircuitState.Closed });
    }

    private static async Task Sent(TelemetryClient telemetry) => Assert.True(await telemetry.FlushSinksAsync(Eventually.DefaultBound, "runs"));

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
