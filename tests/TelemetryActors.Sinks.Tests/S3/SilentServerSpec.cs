using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.S3;
using TelemetryActors.Sinks.S3.Setup;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>A server that takes connections and then says nothing, or stops in the middle.</summary>
[Trait("Feature", "S1.7")]
public sealed class SilentServerSpec : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly S3Options _options;

    public SilentServerSpec()
    {
        _listener.Start();
        _options = new S3Options { Bucket = "mine", ServiceUrl = new Uri($"http://{_listener.LocalEndpoint}") };
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_look_at_its_bucket_ends_with_one_line()
    {
        using var client = Client(TimeSpan.FromMilliseconds(300));

        var findings = await new BucketSetup(client, _options, days: 30, TimeProvider.System).RunAsync(writesRule: false, CancellationToken.None);

        Assert.Equal(new BucketFinding("reachable", BucketVerdict.Wrong, $"http://{_listener.LocalEndpoint}: timeout"), Assert.Single(findings));
    }

    [Fact]
    public async Task An_object_whose_content_stops_coming_is_waited_for_no_longer_than_the_longest_pause()
    {
        // So that only the pause in the middle can be too long.
        using var client = Client(Eventually.DefaultBound);
        var objects = new BucketObjects(client, _options) { LongestPause = TimeSpan.FromMilliseconds(200) };
        var reading = objects.ReadAsync(new StoredObject("diagnostics/x", default!, default), CancellationToken.None);
        using var connection = await _listener.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe beginning"u8.ToArray());

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        Assert.Equal("timeout", S3Outcome.ReasonOf(failure, "mine", default));
    }

    [Fact]
    public async Task What_the_sdk_says_when_it_fails_after_its_time_is_not_passed_on()
    {
        const string Secret = "canary-of-a-secret";
        using var late = new CancellationTokenSource();
        await using var sink = new S3Sink(
            _options,
            () =>
            {
                late.Cancel();
                throw new InvalidDataException($"Line 2:<aws_secret_access_key {Secret}> in file /x does not contain a section");
            },
            "device-1",
            new ManualTime());

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1), late.Token);

        Assert.DoesNotContain(Secret, outcome.ToString(), StringComparison.Ordinal);
    }

    private IAmazonS3 Client(TimeSpan patience) => S3Connection.Open(_options, new BasicAWSCredentials("KEY", "secret"), patience);
}
