using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Trait("Feature", "S2.61")]
[Trait("Feature", "D.9")]
public sealed class ConsentSpec : IDisposable
{
    private readonly ClientRig _rig = new();
    private readonly LoopbackHttpServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public void Nothing_connects_before_consent_and_uploads_go_after_it_and_end_with_it()
    {
        using var telemetry = Start();
        telemetry.Record("before");
        Eventually.Equal(CircuitState.Open, () => Http(telemetry).Circuit.State);

        var whileDenied = _server.Requests.Count;
        Assert.Null(telemetry.Consent.Grant("jane"));
        Eventually.Equal(CircuitState.Closed, () => Http(telemetry).Circuit.State);
        telemetry.Record("while_granted");
        Eventually.True(() => Uploaded().Contains("while_granted"));
        Assert.Null(telemetry.Consent.Deny("jane"));
        telemetry.Record("after");
        Eventually.Equal(CircuitState.Open, () => Http(telemetry).Circuit.State);

        Assert.Equal(0, whileDenied);
        Assert.DoesNotContain("before", Uploaded());
        Assert.DoesNotContain("after", Uploaded());
        Assert.Equal(ConsentStore.MissingCause, Http(telemetry).Circuit.Cause);
    }

    [Fact]
    public void Consent_that_another_process_records_is_found()
    {
        using var telemetry = Start();
        telemetry.Record("before");
        Eventually.Equal(CircuitState.Open, () => Http(telemetry).Circuit.State);

        new ConsentStore(DiskFileSystem.Instance, _rig.BaseDirectory, TimeProvider.System).Grant("joe");

        Eventually.Equal(CircuitState.Closed, () => Http(telemetry).Circuit.State);
        telemetry.Record("after");
        Eventually.True(() => Uploaded().Contains("after"));
        Assert.DoesNotContain("before", Uploaded());
    }

    [Fact]
    public void The_reset_stands_in_the_audit_trail_once()
    {
        using var telemetry = Start();
        telemetry.Record("before");
        Eventually.Equal(CircuitState.Open, () => Http(telemetry).Circuit.State);

        Assert.Null(telemetry.Consent.Grant("jane"));
        Eventually.Equal(CircuitState.Closed, () => Http(telemetry).Circuit.State);

        var command = JsonDocument.Parse(Assert.Single(File.ReadAllLines(Path.Combine(_rig.BaseDirectory, "state", "commands", "http.ndjson")))).RootElement;
        Assert.Equal(("reset", "consent"), (command.GetProperty("command").GetString(), command.GetProperty("who").GetString()));
    }

    [Theory]
    [InlineData("1", false)]
    [InlineData("true", false)]
    [InlineData("0", true)]
    [InlineData("", true)]
    public void DO_NOT_TRACK_wins_over_consent(string value, bool uploads)
    {
        _rig.Variables["DO_NOT_TRACK"] = value;
        using var telemetry = Start();
        Assert.Null(telemetry.Consent.Grant("jane"));

        telemetry.Record("work");

        Eventually.Equal(uploads ? CircuitState.Closed : CircuitState.Open, () => Http(telemetry).Circuit.State);
        Eventually.Equal(uploads, () => Uploaded().Contains("work"));
    }

    [Fact]
    public void A_decision_says_who_when_and_on_which_text()
    {
        var time = new ManualTime();
        var store = new ConsentStore(DiskFileSystem.Instance, _rig.BaseDirectory, time);
        var undecided = store.Current;

        var fault = store.Grant("jane", "of the program's own");

        Assert.Null(fault);
        Assert.Equal(ConsentRecord.None, undecided);
        Assert.Equal(new ConsentRecord(true, "jane", time.GetUtcNow(), "of the program's own"), store.Current);
    }

    [Theory]
    [InlineData("")]
    [InlineData("granted")]
    [InlineData("""{"consent":"Granted"}""")]
    [InlineData("""{"consent":true}""")]
    [InlineData("""{"consent":"granted","who":"jane"}""")]
    [InlineData("""{"consent":"granted","ts":"2026-01-01T00:00:00Z","behind":[{}]}""")]
    [InlineData("""["granted"]""")]
    public void What_cannot_be_read_is_denied(string text)
    {
        Directory.CreateDirectory(Path.Combine(_rig.BaseDirectory, "state"));
        File.WriteAllText(Path.Combine(_rig.BaseDirectory, "state", "consent.json"), text);

        var consent = new ConsentStore(DiskFileSystem.Instance, _rig.BaseDirectory, TimeProvider.System).Current;

        Assert.False(consent.IsGranted);
    }

    [Fact]
    public void A_disk_that_refuses_is_told_and_changes_nothing()
    {
        var files = new FaultyFileSystem(DiskFileSystem.Instance);
        var store = new ConsentStore(files, _rig.BaseDirectory, TimeProvider.System);
        store.Grant("jane");
        files.IsFull = true;

        var fault = store.Deny("joe");

        Assert.Contains("consent.json could not be written", fault, StringComparison.Ordinal);
        Assert.Equal("jane", store.Current.Who);
    }

    // The upload begins at the tail that it first sees; what is recorded from then on is its to send.
    private TelemetryClient Start()
    {
        var telemetry = _rig.Start(options => options.AddHttp(_server.Address, http => http.MaxBufferSize = 1));
        Eventually.True(() => Http(telemetry).Accounts.Count > 0);
        return telemetry;
    }

    private static SinkStatus Http(TelemetryClient telemetry) => telemetry.Sinks.Single(sink => sink.Name == "http");

    private IReadOnlyList<string> Uploaded() =>
    [
        .. _server.Requests.SelectMany(request => JsonDocument.Parse(request.Body).RootElement.GetProperty("events").EnumerateArray())
            .Select(json => json.GetProperty("event").GetString()!),
    ];
}
