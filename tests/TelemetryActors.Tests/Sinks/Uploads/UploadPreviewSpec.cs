using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Sinks.Uploads;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using TelemetryActors.Tests.Client;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Uploads;

[Trait("Feature", "S3.31")]
public sealed class UploadPreviewSpec : IDisposable
{
    private readonly ClientRig _rig = new();
    private readonly LoopbackHttpServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public async Task A_wait_that_the_server_asked_for_hides_nothing_of_what_goes_after_it()
    {
        _server.AnswerWith(429, "3600");
        using (var telemetry = TelemetryClient.Start(Options()))
        {
            telemetry.Consent.Grant("jane");
            Eventually.True(() => telemetry.Sinks.Single(sink => sink.Name == "http").Accounts.Count > 0);
            telemetry.Record("waits");
            Eventually.Equal(1, () => _server.Requests.Count);
        }

        var preview = await new UploadPreview(DiskFileSystem.Instance, StartSettings.Find(Options())).BodiesAsync("http");

        Assert.True(preview.ArePending);
        Assert.Equal(_server.Requests[0].Body, preview.Bodies[0]);
        Assert.Contains("waits", JsonDocument.Parse(preview.Bodies[0]).RootElement.GetProperty("events").EnumerateArray().Select(line => line.GetProperty("event").GetString()));
    }

    private TelemetryOptions Options()
    {
        var options = _rig.Options();
        options.AddHttp(_server.Address, http => http.MaxBufferSize = 1);
        return options;
    }
}
