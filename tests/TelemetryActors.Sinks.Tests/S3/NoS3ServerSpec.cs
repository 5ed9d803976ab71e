using Amazon.Runtime;
using Amazon.S3;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.S3;
using TelemetryActors.Sinks.S3.Setup;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>What answers every request with success and stores nothing: a web application's start page, a captive portal, a proxy.</summary>
[Trait("Feature", "S1.2")]
public sealed class NoS3ServerSpec : IDisposable
{
    private const string NotAsS3 = "the server of bucket mine answered, but not as S3 does";
    private const string Page = "<!doctype html><html><body>Console</body></html>";
    private const string BegunUpload = "<InitiateMultipartUploadResult><Bucket>mine</Bucket><Key>k</Key><UploadId>1</UploadId></InitiateMultipartUploadResult>";

    private readonly LoopbackHttpServer _server = new();
    private readonly S3Options _options;

    public NoS3ServerSpec() => _options = new S3Options { Bucket = "mine", ServiceUrl = _server.Address, PartBytes = S3Options.SmallestPart };

    public static TheoryData<string?, string?> Answers { get; } = new() { { null, null }, { "", null }, { Page, null }, { Page, "W/\"2f-x\"" } };

    public void Dispose() => _server.Dispose();

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Its_success_is_no_stored_object(string? body, string? etag)
    {
        _server.Answer(_ => new LoopbackAnswer(200) { Body = body, ETag = etag, ContentType = body is null ? null : "text/html" });
        await using var sink = Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 3), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Misconfigured($"{NotAsS3}: it names no ETag"), outcome);
    }

    [Fact]
    public async Task Nor_is_a_page_with_an_ETag_of_its_own()
    {
        _server.Answer(_ => new LoopbackAnswer(200) { Body = Page, ETag = "\"5f-x\"", ContentType = "text/html" });
        await using var sink = Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 3), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Misconfigured($"{NotAsS3}: it sends a page"), outcome);
    }

    [Theory]
    [InlineData(null, "its answer is no XML")]
    [InlineData("", "it names no upload")]
    [InlineData("<html/>", "it names no upload")]
    [InlineData(Page, "its answer is no XML")]
    public async Task It_begins_no_upload_in_parts(string? body, string missing)
    {
        _server.Answer(_ => new LoopbackAnswer(200) { Body = body });
        await using var sink = Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1200, filler: 10_000), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Misconfigured($"{NotAsS3}: {missing}"), outcome);
    }

    [Theory]
    [InlineData(null, null, "it names no ETag")]
    [InlineData("\"part\"", null, "its answer is no XML")]
    [InlineData("\"part\"", Page, "its answer is no XML")]
    [InlineData("\"part\"", "<html><body>Console</body></html>", "it names no object")]
    public async Task A_part_and_a_completion_that_say_nothing_of_an_object_are_not_stored(string? part, string? completion, string missing)
    {
        _server.Answer(request => request.Method == "POST" ? new LoopbackAnswer(200) { Body = request.Path.EndsWith("?uploads", StringComparison.Ordinal) ? BegunUpload : completion }
            : new LoopbackAnswer(200) { ETag = request.Method == "PUT" ? part : null });
        await using var sink = Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1200, filler: 10_000), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Misconfigured($"{NotAsS3}: {missing}"), outcome);
        Assert.Equal("DELETE", _server.Requests[^1].Method);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    [Trait("Feature", "S1.7")]
    public async Task Setup_says_in_one_line_that_it_is_none(string? body, string? etag)
    {
        _server.Answer(_ => new LoopbackAnswer(200) { Body = body, ETag = etag });
        using var client = Client();

        var findings = await new BucketSetup(client, _options, days: 30, TimeProvider.System).RunAsync(writesRule: true, CancellationToken.None);

        var where = _server.Address.GetLeftPart(UriPartial.Authority);
        var finding = Assert.Single(findings);
        Assert.Equal(("reachable", BucketVerdict.Wrong), (finding.Check, finding.Verdict));
        Assert.StartsWith($"{where} is no S3 server: {NotAsS3}: ", finding.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task It_has_no_objects_that_could_be_looked_for(string? body, string? etag)
    {
        _server.Answer(_ => new LoopbackAnswer(200) { Body = body, ETag = etag });
        using var client = Client();
        await using var sink = Sink();

        var listed = await Assert.ThrowsAnyAsync<Exception>(() => new BucketObjects(client, _options).FoldersAsync(CancellationToken.None));
        var bounds = await Assert.ThrowsAsync<IOException>(async () => await sink.FindBoundsAsync(DiagnosticBatch.Noon, DiagnosticBatch.Noon, CancellationToken.None));

        Assert.StartsWith(NotAsS3, S3Outcome.ReasonOf(listed, "mine", default), StringComparison.Ordinal);
        Assert.StartsWith(NotAsS3, bounds.Message, StringComparison.Ordinal);
    }

    private S3Sink Sink() => new(_options, Client, "device-1", new ManualTime());

    private IAmazonS3 Client() => S3Connection.Open(_options, new BasicAWSCredentials("KEY", "secret"));
}
