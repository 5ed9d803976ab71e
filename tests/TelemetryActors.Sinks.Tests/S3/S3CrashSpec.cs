using System.Diagnostics;
using Amazon.Runtime;
using TelemetryActors.Processes;
using TelemetryActors.Sinks.S3;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>What a process that died left goes to the bucket at the next start; what one that ended left waits until it is due.</summary>
[Collection(ProcessCollection.Name)]
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

    [Theory]
    [InlineData("main", false)]
    [InlineData("thread", true)]
    [InlineData("main", true)]
    public async Task A_crash_is_shipped_whoever_came_between_and_however_its_client_ended(string crash, bool isFollowedByAnother)
    {
        await using (var client = StartClient())
        {
            client.Record("before");
            Assert.True(await client.FlushSinksAsync(Eventually.DefaultBound, "s3"));
        }

        Write(crash);
        if (isFollowedByAnother)
        {
            Write(crash: "end");
        }

        await using (StartClient())
        {
            Eventually.True(HasCrash, () => _server.Requests);
        }
    }

    [Fact]
    public async Task A_crash_beside_a_living_process_is_shipped_by_the_next_start_that_has_the_sink()
    {
        await using (var other = TelemetryClient.Start(OnlyTheLog()))
        {
            other.Record("lives");
            Write(crash: "main");
        }

        await using (StartClient())
        {
            Eventually.True(HasCrash, () => _server.Requests);
        }
    }

    [Fact]
    public async Task A_crash_that_was_shipped_hurries_nothing_later()
    {
        Write(crash: "main");
        await using (StartClient())
        {
            Eventually.True(HasCrash, () => _server.Requests);
        }

        var requests = _server.Requests;

        await using (var client = StartClient())
        {
            client.Record("later");
            Eventually.Equal(true, () => client.Sinks.Single(sink => sink.Name == "s3").Pending > 0);
        }

        Assert.Equal(requests, _server.Requests);
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

    private bool HasCrash() =>
        _server.Objects.Any(stored => System.Text.Encoding.UTF8.GetString(Gzip.Open(stored.Value.Body)).Contains("runtime_error", StringComparison.Ordinal));

    private TelemetryOptions OnlyTheLog() => new()
    {
        BaseDirectory = _base,
        Preset = TelemetryPreset.Small,
        Variables = new Dictionary<string, string>(),
        StartBudget = Eventually.DefaultBound,
        ShutdownBudget = Eventually.DefaultBound,
    };

    private TelemetryClient StartClient()
    {
        var options = new S3Options { Bucket = "mine", ServiceUrl = _server.Address };
        var client = S3Connection.Open(options, new BasicAWSCredentials(_server.Owner.AccessKey, _server.Owner.SecretKey));
        var definition = S3SinkRegistration.Define(options, TelemetryPreset.Small, () => "device-1") with
        {
            Create = context => new S3Sink(options, () => client, "device-1", context.Time),
        };
        return TelemetryClient.Start(OnlyTheLog().AddSink(definition));
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
