using System.Diagnostics;
using Amazon.Runtime;
using TelemetryActors.Sinks.S3;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>What a process that died left goes to the bucket at the next start; what one that ended left waits until it is due.</summary>
[Trait("Feature", "S1.5")]
public sealed class S3CrashSpec : IDisposable
{
    private readonly StrictS3Server _server = new();
    private readonly string _base = Directory.CreateTempSubdirectory("telemetryactors-").FullName;

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_base, recursive: true);
    }

    [Fact]
    public async Task A_crash_is_shipped_at_the_next_start_with_its_stack()
    {
        Write(crash: "thread");

        await using (StartClient())
        {
            Eventually.True(() => _server.Objects.Count > 0, () => _server.Requests);
        }

        var text = System.Text.Encoding.UTF8.GetString(Gzip.Open(Assert.Single(_server.Objects).Value.Body));
        var crash = Assert.Single(text.Split('\n'), line => line.Contains("runtime_error", StringComparison.Ordinal));
        Assert.Contains("System.InvalidOperationException", crash, StringComparison.Ordinal);
        Assert.Contains("Crash.Fail", crash, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ended_in_order_waits()
    {
        Write(crash: "end");

        await using (var client = StartClient())
        {
            Eventually.Equal(10L, () => client.Sinks.Single(sink => sink.Name == "s3").Pending);
        }

        Assert.Equal(0, _server.Requests);
    }

    [Fact]
    public async Task A_first_start_has_nothing_to_hurry_for()
    {
        await using (var client = StartClient())
        {
            client.Record("recorded_before_the_engine_runs");
            Eventually.Equal(1L, () => client.Sinks.Single(sink => sink.Name == "s3").Pending);
        }

        Assert.Equal(0, _server.Requests);
    }

    private TelemetryClient StartClient()
    {
        var options = new S3Options { Bucket = "mine", ServiceUrl = _server.Address };
        var client = S3Connection.Open(options, new BasicAWSCredentials(_server.Owner.AccessKey, _server.Owner.SecretKey));
        var definition = S3SinkRegistration.Define(options, TelemetryPreset.Small, () => "device-1") with
        {
            Create = context => new S3Sink(options, () => client, "device-1", context.Time),
        };
        return TelemetryClient.Start(new TelemetryOptions { BaseDirectory = _base, Preset = TelemetryPreset.Small, Variables = new Dictionary<string, string>() }.AddSink(definition));
    }

    private void Write(string crash)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "TelemetryActors.TestWriter.dll"), _base, "doomed", "1", "10", crash])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        ProcessEnd.WaitFor(process);
        Assert.Equal(crash == "end" ? 0 : 134, process.ExitCode);
        Assert.Equal(crash != "end", said.GetAwaiter().GetResult().Contains("Unhandled exception", StringComparison.Ordinal));
    }
}
