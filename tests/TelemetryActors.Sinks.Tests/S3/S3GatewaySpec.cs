using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.S3;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

[Collection(S3Collection.Name)]
[Trait("Feature", "S1.2")]
public sealed class S3GatewaySpec(SharedGateway shared)
{
    [FactNeeding("radosgw")]
    [Trait("Feature", "S1.6")]
    [Trait("Feature", "S1.8")]
    public async Task What_was_sent_is_listed_and_read_back_byte_for_byte()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await using var sink = rig.Sink();
        SinkBatch[] batches = [DiagnosticBatch.Of(0, 300, filler: 50), DiagnosticBatch.Of(300, 200, filler: 50)];

        foreach (var batch in batches)
        {
            Assert.Equal(SinkOutcome.Delivered, await sink.DeliverAsync(batch, CancellationToken.None));
        }

        var keys = await rig.KeysAsync();
        Assert.Equal(
            ["diagnostics/2026/03/01/device-1_20260301T120000.000000Z_Ab3dEf6hIjK-00000000000000.log.gz",
             "diagnostics/2026/03/01/device-1_20260301T120500.000000Z_Ab3dEf6hIjK-00000000000300.log.gz"],
            keys);
        Assert.Equal(batches[0].Lines.ToArray(), await rig.ReadAsync(keys[0]));
        Assert.Equal(batches[1].Lines.ToArray(), await rig.ReadAsync(keys[1]));
    }

    [FactNeeding("radosgw")]
    public async Task A_large_object_goes_in_parts_and_is_read_back_byte_for_byte()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        rig.Options.PartBytes = S3Options.SmallestPart;
        await using var sink = rig.Sink();
        var batch = DiagnosticBatch.Of(0, 1200, filler: 10_000);

        var outcome = await sink.DeliverAsync(batch, CancellationToken.None);

        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal(batch.Lines.ToArray(), await rig.ReadAsync(Assert.Single(await rig.KeysAsync())));
        Assert.Equal(0, await rig.OpenUploadsAsync());
    }

    [FactNeeding("radosgw")]
    public async Task Chunked_uploads_without_a_trailer_work_as_well()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        rig.Options.ChunkedEncoding = true;
        await using var sink = rig.Sink();
        var batch = DiagnosticBatch.Of(0, 3000, filler: 60);

        var outcome = await sink.DeliverAsync(batch, CancellationToken.None);

        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal(batch.Lines.ToArray(), await rig.ReadAsync(Assert.Single(await rig.KeysAsync())));
    }

    [FactNeeding("radosgw")]
    public async Task A_server_that_refuses_aws_own_default_upload_says_which_settings_to_try()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        (rig.Options.Checksums, rig.Options.ChunkedEncoding) = (S3Checksums.Always, true);
        await using var sink = rig.Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 10), CancellationToken.None);

        Assert.Contains("sinks.s3.checksums whenrequired", Assert.IsType<SinkOutcome.Misconfigured>(outcome).Reason, StringComparison.Ordinal);
    }

    [FactNeeding("radosgw")]
    public async Task A_wrong_secret_is_named()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await using var sink = rig.Sink(shared.Gateway.Owner with { SecretKey = "not-the-secret" });

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Misconfigured("403 SignatureDoesNotMatch: the secret access key is wrong"), outcome);
    }

    [FactNeeding("radosgw")]
    public async Task An_unknown_key_is_named()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await using var sink = rig.Sink(new S3Account("NOBODY", "nothing"));

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Misconfigured("403 InvalidAccessKeyId: the access key id is not known there"), outcome);
    }

    [FactNeeding("radosgw")]
    public async Task A_missing_bucket_is_named()
    {
        var rig = new GatewayRig(shared.Gateway, "not-there");
        await using var sink = rig.Sink();

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Misconfigured("404 NoSuchBucket: there is no bucket not-there"), outcome);
    }

    [FactNeeding("radosgw")]
    public async Task A_missing_permission_is_named()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await using var sink = rig.Sink(shared.Gateway.AddUser("stranger"));

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1), CancellationToken.None);

        Assert.Equal(new SinkOutcome.Misconfigured($"403 AccessDenied: the credentials may not do this in bucket {rig.Options.Bucket}"), outcome);
    }

    [FactNeeding("radosgw")]
    public async Task A_connection_cut_in_mid_upload_is_tried_again_and_leaves_one_object()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        using var proxy = new TcpProxy(shared.Gateway.Address);
        rig.Options.ServiceUrl = proxy.Address;
        await using var sink = rig.Sink();
        var batch = DiagnosticBatch.Of(0, 400, filler: 5000);
        proxy.CutAfter(500_000);

        var cut = await sink.DeliverAsync(batch, CancellationToken.None);
        Assert.Empty(await rig.KeysAsync());
        proxy.Mend();
        var mended = await sink.DeliverAsync(batch with { Attempt = 2 }, CancellationToken.None);

        Assert.StartsWith("network: ", Assert.IsType<SinkOutcome.Retry>(cut).Reason, StringComparison.Ordinal);
        Assert.Equal(SinkOutcome.Delivered, mended);
        Assert.Equal(batch.Lines.ToArray(), await rig.ReadAsync(Assert.Single(await rig.KeysAsync())));
    }

    [FactNeeding("radosgw")]
    public async Task A_cut_upload_in_parts_leaves_nothing_behind()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        using var proxy = new TcpProxy(shared.Gateway.Address);
        (rig.Options.ServiceUrl, rig.Options.PartBytes) = (proxy.Address, S3Options.SmallestPart);
        await using var sink = rig.Sink();
        proxy.CutAfter(S3Options.SmallestPart + (1024 * 1024));

        var outcome = await sink.DeliverAsync(DiagnosticBatch.Of(0, 1200, filler: 10_000), CancellationToken.None);

        Assert.IsType<SinkOutcome.Retry>(outcome);
        Assert.Empty(await rig.KeysAsync());
        Assert.Equal(0, await rig.OpenUploadsAsync());
    }

    [FactNeeding("radosgw")]
    public async Task The_parts_of_a_process_that_was_killed_go_when_its_batch_is_repeated()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        rig.Options.PartBytes = S3Options.SmallestPart;
        var batch = DiagnosticBatch.Of(0, 1200, filler: 10_000) with { Attempt = 2 };
        await rig.Owner.InitiateMultipartUploadAsync(rig.Options.Bucket, ObjectKey.Of("device-1", batch, EventTimes.Of(batch)).Text("diagnostics/"));
        Assert.Equal(1, await rig.OpenUploadsAsync());
        await using var sink = rig.Sink();

        var outcome = await sink.DeliverAsync(batch, CancellationToken.None);

        Assert.Equal(SinkOutcome.Delivered, outcome);
        Assert.Equal(0, await rig.OpenUploadsAsync());
    }

    [FactNeeding("radosgw")]
    public async Task Who_may_put_and_not_list_uploads_in_parts_and_repeats_them()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        rig.Options.PartBytes = S3Options.SmallestPart;
        var writer = shared.Gateway.AddUser("writer");
        await rig.AllowAsync("writer", "s3:PutObject", "s3:AbortMultipartUpload");
        await using var sink = rig.Sink(writer);
        var batch = DiagnosticBatch.Of(0, 1200, filler: 10_000);

        var first = await sink.DeliverAsync(batch, CancellationToken.None);
        var again = await sink.DeliverAsync(batch with { Attempt = 2 }, CancellationToken.None);

        Assert.Equal((SinkOutcome.Delivered, SinkOutcome.Delivered), (first, again));
        Assert.Single(await rig.KeysAsync());
    }

    [FactNeeding("radosgw")]
    [Trait("Feature", "S1.6")]
    public async Task A_replay_finds_the_bounds_of_an_object_whose_first_event_is_of_another_time()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await using var sink = rig.Sink();
        var ingested = DiagnosticBatch.Of(0, 6, [.. DiagnosticBatch.Of(0, 3, from: DiagnosticBatch.Noon.AddDays(-90)).Lines.Span, .. DiagnosticBatch.Of(3, 3).Lines.Span]);
        await sink.DeliverAsync(ingested, CancellationToken.None);

        var found = await sink.FindBoundsAsync(DiagnosticBatch.Noon, DiagnosticBatch.Noon.AddHours(1), CancellationToken.None);

        Assert.Equal([new EventRange(1, ingested.Start, ingested.End)], found);
    }

    [FactNeeding("radosgw")]
    [Trait("Feature", "S1.6")]
    public async Task A_replay_finds_the_bounds_of_what_is_there()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await using var sink = rig.Sink();
        await using var other = rig.Sink(device: "device-10");
        var (early, late) = (DiagnosticBatch.Of(0, 30), DiagnosticBatch.Of(30, 30, from: DiagnosticBatch.Noon.AddHours(20)));
        await sink.DeliverAsync(early, CancellationToken.None);
        await sink.DeliverAsync(late, CancellationToken.None);
        await other.DeliverAsync(DiagnosticBatch.Of(500, 10, slot: 2), CancellationToken.None);

        var all = await sink.FindBoundsAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, CancellationToken.None);
        var before = await sink.FindBoundsAsync(DiagnosticBatch.Noon, DiagnosticBatch.Noon.AddHours(1), CancellationToken.None);

        Assert.Equal([new EventRange(1, early.Start, early.End), new EventRange(1, late.Start, late.End)], all);
        Assert.Equal([new EventRange(1, early.Start, early.End)], before);
    }

    [FactNeeding("radosgw")]
    [Trait("Feature", "S1.6")]
    public async Task A_search_that_takes_longer_than_a_call_goes_on_with_the_next_one()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await using var writer = rig.Sink();
        for (var day = 0; day < 3; day++)
        {
            for (var hour = 0; hour < 7; hour++)
            {
                var ordinal = (day * 70) + (hour * 10);
                await writer.DeliverAsync(DiagnosticBatch.Of(ordinal, 10, from: DiagnosticBatch.Noon.AddDays(day).AddHours(hour)), CancellationToken.None);
            }
        }

        await using var sink = new S3Sink(rig.Options, () => GatewayRig.Open(rig.Options, rig.Gateway.Owner), "device-1", new HurryingTime(TimeSpan.FromSeconds(6)));
        var calls = 0;
        IReadOnlyList<EventRange>? found = null;
        while (found is null && ++calls < 50)
        {
            found = await FindAsync(sink);
        }

        Assert.Equal(Enumerable.Range(0, 21).Select(part => part * 10L), found!.Select(range => range.Start.Ordinal));
        Assert.True(calls > 1, "one call was enough");

        static async Task<IReadOnlyList<EventRange>?> FindAsync(S3Sink sink)
        {
            try
            {
                return await sink.FindBoundsAsync(DiagnosticBatch.Noon, DiagnosticBatch.Noon.AddDays(7), CancellationToken.None);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
    }

    [FactNeeding("radosgw")]
    [Trait("Feature", "S1.6")]
    public async Task A_replay_to_a_bucket_that_may_not_be_listed_is_refused()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        var writer = shared.Gateway.AddUser("unlisted");
        await rig.AllowAsync("unlisted", "s3:PutObject");
        await using var sink = rig.Sink(writer);

        var refused = await Assert.ThrowsAsync<UnauthorizedAccessException>(async () =>
            await sink.FindBoundsAsync(DiagnosticBatch.Noon, DiagnosticBatch.Noon.AddHours(1), CancellationToken.None));

        Assert.Contains("s3:ListBucket", refused.Message, StringComparison.Ordinal);
    }

    [FactNeeding("radosgw")]
    public async Task A_replay_that_cannot_ask_says_why()
    {
        var rig = new GatewayRig(shared.Gateway, "not-there");
        await using var sink = rig.Sink();

        var fault = await Assert.ThrowsAsync<IOException>(async () => await sink.FindBoundsAsync(DiagnosticBatch.Noon, DiagnosticBatch.Noon, CancellationToken.None));

        Assert.Equal("404 NoSuchBucket: there is no bucket not-there", fault.Message);
    }
}
