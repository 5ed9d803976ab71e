using Amazon.Runtime;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.S3;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>A server that takes everything would prove nothing.</summary>
public sealed class StrictS3ServerSpec : IDisposable
{
    private readonly StrictS3Server _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_wrong_secret_is_a_wrong_signature()
    {
        var outcome = await SendAsync(_server.Address, chunked: true, "wrong");

        Assert.IsNotType<SinkOutcome.Retry>(outcome);
        Assert.Equal(["the signature is wrong"], _server.Faults);
        Assert.Empty(_server.Objects);
    }

    [Theory]
    [InlineData(true, 40_000, "a chunk's signature is wrong")]
    [InlineData(false, 40_000, "is not the body's")]
    public async Task One_changed_byte_of_the_body_is_seen(bool chunked, long at, string fault)
    {
        using var proxy = new TcpProxy(_server.Address);
        proxy.FlipAt(at);

        await SendAsync(proxy.Address, chunked, _server.Owner.SecretKey);

        Assert.Contains(fault, Assert.Single(_server.Faults), StringComparison.Ordinal);
        Assert.Empty(_server.Objects);
    }

    [Fact]
    public async Task One_changed_byte_of_the_trailer_is_seen()
    {
        using var whole = new TcpProxy(_server.Address);
        await SendAsync(whole.Address, chunked: true, _server.Owner.SecretKey);
        using var proxy = new TcpProxy(_server.Address);

        // The trailer's checksum stands before its signature of 64 digits, its name, and three line ends.
        proxy.FlipAt(whole.LongestSent - ("x-amz-trailer-signature:".Length + 64 + 6) - 4);
        await SendAsync(proxy.Address, chunked: true, _server.Owner.SecretKey);

        Assert.Contains("the trailer's signature is wrong", Assert.Single(_server.Faults), StringComparison.Ordinal);
    }

    private static async Task<SinkOutcome> SendAsync(Uri address, bool chunked, string secret)
    {
        var options = new S3Options
        {
            Bucket = "mine",
            ServiceUrl = address,
            ChunkedEncoding = chunked,
            Checksums = chunked ? S3Checksums.Always : S3Checksums.WhenRequired,
        };
        await using var sink = new S3Sink(options, () => S3Connection.Open(options, new BasicAWSCredentials("STRICTKEY", secret)), "device-1", new ManualTime());
        return await sink.DeliverAsync(DiagnosticBatch.Of(0, 2000, filler: 60), CancellationToken.None);
    }
}
