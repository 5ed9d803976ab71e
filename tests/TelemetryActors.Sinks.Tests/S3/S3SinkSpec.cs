using Amazon.Runtime;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.S3;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Conformance;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

[Trait("Feature", "S1.2")]
public sealed class S3SinkSpec : SinkConformance, IDisposable
{
    private readonly StrictS3Server _server = new();
    private readonly S3Options _options;

    public S3SinkSpec() => _options = new S3Options { Bucket = "mine", ServiceUrl = _server.Address };

    public void Dispose() => _server.Dispose();

    protected override ISink Create() => Sink();

    protected override IReadOnlyList<long> Arrived() =>
    [
        .. _server.Objects.OrderBy(entry => int.Parse(entry.Value.Metadata["first-ordinal"], System.Globalization.CultureInfo.InvariantCulture))
            .SelectMany(entry => System.Text.Encoding.UTF8.GetString(Gzip.Open(entry.Value.Body)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Select(line => Lines.NumberOf(System.Text.Encoding.UTF8.GetBytes(line))),
    ];

    protected override IReadOnlyList<string> Secrets => [_server.Owner.SecretKey];

    protected override IDisposable TryHang() => _server.Hold();

    protected override bool TryBreak()
    {
        _server.Refuse(500);
        return true;
    }

    protected override bool TryMend()
    {
        _server.Recover();
        return true;
    }

    [Fact]
    [Trait("Feature", "S1.6")]
    public async Task An_object_is_named_by_day_device_and_first_event()
    {
        await using var sink = Sink();

        await sink.DeliverAsync(DiagnosticBatch.Of(41, 3), CancellationToken.None);

        var (key, stored) = Assert.Single(_server.Objects);
        Assert.Equal("/mine/diagnostics/2026/03/01/device-1_20260301T120041.000000Z_Ab3dEf6hIjK-00000000000041.log.gz", key);
        Assert.Equal("application/gzip", stored.ContentType);
    }

    [Fact]
    [Trait("Feature", "S1.6")]
    public async Task An_event_without_an_id_of_its_own_names_its_object_by_its_place()
    {
        await using var sink = Sink();
        var odd = "{\"ts\":\"2026-03-01T23:59:59Z\",\"event\":\"e\",\"details\":{},\"id\":\"../../x y\"}\n"u8.ToArray();

        await sink.DeliverAsync(DiagnosticBatch.Of(7, 1, odd), CancellationToken.None);

        Assert.Equal("/mine/diagnostics/2026/03/01/device-1_20260301T235959.000000Z_0000000000000abc-7.log.gz", Assert.Single(_server.Objects).Key);
    }

    [Fact]
    [Trait("Feature", "S1.6")]
    public async Task A_line_of_another_program_names_its_object_by_its_place_so_that_it_replaces_no_other()
    {
        await using var sink = Sink();
        var ingested = "{\"ts\":\"2026-03-01T23:59:59Z\",\"event\":\"e\",\"details\":{},\"received_ts\":\"2026-03-02T10:00:00Z\",\"id\":\"theirs-1\"}\n"u8.ToArray();

        await sink.DeliverAsync(DiagnosticBatch.Of(7, 1, ingested), CancellationToken.None);
        await sink.DeliverAsync(DiagnosticBatch.Of(90, 1, ingested), CancellationToken.None);

        Assert.Equal(
            ["/mine/diagnostics/2026/03/01/device-1_20260301T235959.000000Z_0000000000000abc-7.log.gz",
             "/mine/diagnostics/2026/03/01/device-1_20260301T235959.000000Z_0000000000000abc-90.log.gz"],
            _server.Objects.Keys.Order(StringComparer.Ordinal).OrderBy(key => key.Length));
    }

    [Fact]
    public async Task What_the_sdk_says_of_a_damaged_credentials_file_is_not_passed_on()
    {
        const string Secret = "canary-of-a-secret";
        await using var sink = new S3Sink(
            _options, () => throw new InvalidDataException($"Line 2:<aws_secret_access_key {Secret}> in file /x does not contain a section"), "device-1", new ManualTime());

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1), CancellationToken.None);
        var fault = await Assert.ThrowsAsync<IOException>(async () => await sink.FindBoundsAsync(DiagnosticBatch.Noon, DiagnosticBatch.Noon, CancellationToken.None));

        Assert.Contains("InvalidDataException", outcome.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, outcome.ToString() + fault, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S1.8")]
    public async Task The_events_are_in_it_byte_for_byte()
    {
        await using var sink = Sink();
        var batch = DiagnosticBatch.Of(0, 500, filler: 40);

        await sink.DeliverAsync(batch, CancellationToken.None);

        Assert.Equal(batch.Lines.ToArray(), Gzip.Open(Assert.Single(_server.Objects).Value.Body));
    }

    [Fact]
    [Trait("Feature", "S1.6")]
    public async Task The_same_batch_is_the_same_object_with_the_same_content()
    {
        await using var sink = Sink();

        await sink.DeliverAsync(DiagnosticBatch.Of(0, 50), CancellationToken.None);
        var first = Assert.Single(_server.Objects).Value.Body;
        await sink.DeliverAsync(DiagnosticBatch.Of(0, 50) with { Attempt = 2 }, CancellationToken.None);

        Assert.Equal(first, Assert.Single(_server.Objects).Value.Body);
    }

    [Fact]
    [Trait("Feature", "S1.6")]
    public async Task The_bounds_stand_in_the_metadata()
    {
        await using var sink = Sink();
        var batch = DiagnosticBatch.Of(41, 3, slot: 2);

        await sink.DeliverAsync(batch, CancellationToken.None);

        var metadata = Assert.Single(_server.Objects).Value.Metadata;
        var expected = new Dictionary<string, string>
        {
            ["slot"] = "2",
            ["stream"] = "0000000000000abc",
            ["start"] = "41000",
            ["end"] = $"{41000 + batch.Lines.Length}",
            ["first-ordinal"] = "41",
            ["end-ordinal"] = "44",
            ["count"] = "3",
            ["earliest"] = "2026-03-01T12:00:41.000000Z",
            ["latest"] = "2026-03-01T12:00:43.000000Z",
        };
        Assert.Equal(expected, metadata);
    }

    [Theory]
    [InlineData(S3Checksums.Always, true, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "x-amz-checksum-crc32")]
    [InlineData(S3Checksums.Always, false, null, null)]
    [InlineData(S3Checksums.WhenRequired, true, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", null)]
    [InlineData(S3Checksums.WhenRequired, false, null, null)]
    public async Task Every_kind_of_upload_is_signed_and_checked_to_the_last_byte(S3Checksums checksums, bool chunked, string? mode, string? trailer)
    {
        _options.Checksums = checksums;
        _options.ChunkedEncoding = chunked;
        await using var sink = Sink();
        var batch = DiagnosticBatch.Of(0, 4000, filler: 60);

        var outcome = await sink.DeliverAsync(batch, CancellationToken.None);

        Assert.Empty(_server.Faults);
        Assert.Equal(SinkOutcome.Delivered, outcome);
        var stored = Assert.Single(_server.Objects).Value;
        Assert.Equal(mode ?? "64", mode is null ? $"{stored.BodySignature.Length}" : stored.BodySignature);
        Assert.Equal(trailer is null ? [] : [trailer], stored.Trailers);
        Assert.Equal(batch.Lines.ToArray(), Gzip.Open(stored.Body));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_larger_than_a_part_goes_in_parts(bool chunked)
    {
        _options.PartBytes = S3Options.SmallestPart;
        _options.Checksums = chunked ? S3Checksums.Always : S3Checksums.WhenRequired;
        _options.ChunkedEncoding = chunked;
        await using var sink = Sink();
        var batch = DiagnosticBatch.Of(0, 1200, filler: 10_000);

        var outcome = await sink.DeliverAsync(batch, CancellationToken.None);

        Assert.Empty(_server.Faults);
        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal(batch.Lines.ToArray(), Gzip.Open(Assert.Single(_server.Objects).Value.Body));
        Assert.Equal("1200", Assert.Single(_server.Objects).Value.Metadata["count"]);
    }

    [Fact]
    public async Task A_connection_cut_in_the_middle_of_an_upload_in_parts_leaves_nothing()
    {
        using var proxy = new TcpProxy(_server.Address);
        _options.PartBytes = S3Options.SmallestPart;
        _options.ServiceUrl = proxy.Address;
        proxy.CutAfter(S3Options.SmallestPart + (1024 * 1024));
        await using var sink = Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1200, filler: 10_000), CancellationToken.None);

        Assert.StartsWith("network: ", Assert.IsType<SinkOutcome.Retry>(outcome).Reason, StringComparison.Ordinal);
        Assert.True(proxy.Cuts > 0);
        Assert.Equal(0, _server.OpenUploads);
        Assert.Empty(_server.Objects);
    }

    [Theory]
    [InlineData(403, "SignatureDoesNotMatch", "403 SignatureDoesNotMatch: the secret access key is wrong")]
    [InlineData(403, "InvalidAccessKeyId", "403 InvalidAccessKeyId: the access key id is not known there")]
    [InlineData(403, "AccessDenied", "403 AccessDenied: the credentials may not do this in bucket mine")]
    [InlineData(403, "RequestTimeTooSkewed", "403 RequestTimeTooSkewed: the clock of this machine is wrong")]
    [InlineData(403, "QuotaExceeded", "403 QuotaExceeded: the quota of bucket mine or of its owner is used up")]
    [InlineData(400, "ExpiredToken", "400 ExpiredToken: the session's credentials have expired")]
    [InlineData(404, "NoSuchBucket", "404 NoSuchBucket: there is no bucket mine")]
    [InlineData(301, "PermanentRedirect", "301 PermanentRedirect: bucket mine is in region eu-west-7")]
    [InlineData(400, "AuthorizationHeaderMalformed", "400 AuthorizationHeaderMalformed: bucket mine is in region eu-west-7")]
    [InlineData(400, "XAmzContentSHA256Mismatch", "400 XAmzContentSHA256Mismatch: the server does not take this kind of upload: try sinks.s3.checksums whenrequired and sinks.s3.chunkedEncoding false")]
    [InlineData(501, "NotImplemented", "501: the server does not take this kind of upload: try sinks.s3.checksums whenrequired and sinks.s3.chunkedEncoding false")]
    [InlineData(400, "InvalidStorageClass", "400 InvalidStorageClass")]
    public async Task What_no_upload_can_get_around_opens_the_circuit_and_names_its_cause(int status, string code, string reason)
    {
        _server.Refuse(status, code, ("x-amz-bucket-region", "eu-west-7"), ("Location", "http://127.0.0.1:9/elsewhere"));
        await using var sink = Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Misconfigured(reason), outcome);
    }

    [Theory]
    [InlineData(503, "SlowDown", 30.0)]
    [InlineData(429, null, 30.0)]
    [InlineData(503, "ServiceUnavailable", null)]
    [InlineData(500, "InternalError", null)]
    [InlineData(502, null, null)]
    [InlineData(507, null, null)]
    [InlineData(400, "RequestTimeout", null)]
    [InlineData(400, null, null)]
    [InlineData(409, "OperationAborted", null)]
    public async Task What_may_pass_is_tried_again(int status, string? code, double? seconds)
    {
        _server.Refuse(status, code);
        await using var sink = Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1), CancellationToken.None);

        Assert.Equal(seconds, Assert.IsType<SinkOutcome.Retry>(outcome).After?.TotalSeconds);
    }

    [Theory]
    [InlineData(503, "120", 120)]
    [InlineData(503, "99999999999", int.MaxValue)]
    [InlineData(503, "Sun, 01 Mar 2026 12:01:30 GMT", 90)]
    public async Task Retry_after_is_taken_in_seconds_and_as_a_date(int status, string retryAfter, int seconds)
    {
        _server.Refuse(status, "SlowDown", ("Retry-After", retryAfter));
        await using var sink = Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1), CancellationToken.None);

        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.IsType<SinkOutcome.Retry>(outcome).After);
    }

    [Fact]
    public async Task An_object_too_large_for_the_server_is_refused_and_will_be_halved()
    {
        _server.Refuse(400, "EntityTooLarge");
        await using var sink = Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 2), CancellationToken.None);

        Assert.IsType<SinkOutcome.Rejected>(outcome);
    }

    [Fact]
    public async Task A_server_that_is_gone_is_tried_again()
    {
        _server.Dispose();
        await using var sink = Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Retry("network: ConnectionRefused"), outcome);
    }

    private S3Sink Sink() =>
        new(_options, () => S3Connection.Open(_options, new BasicAWSCredentials(_server.Owner.AccessKey, _server.Owner.SecretKey)), "device-1", new ManualTime());
}
