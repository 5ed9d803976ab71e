using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.S3.Reading;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

[Collection(S3Collection.Name)]
[Trait("Feature", "S1.5")]
public sealed class StoredEventsSpec(SharedGateway shared)
{
    private static readonly DateTimeOffset Noon = DiagnosticBatch.Noon;

    [FactNeeding("radosgw")]
    public async Task Objects_that_overlap_give_each_event_once_and_in_order()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await SendAsync(rig, "device-1", DiagnosticBatch.Of(0, 10), DiagnosticBatch.Of(10, 10), DiagnosticBatch.Of(5, 10), DiagnosticBatch.Of(8, 3), DiagnosticBatch.Of(20, 5));

        var (lines, count) = await ReadAsync(rig, Noon, Noon.AddHours(1));

        Assert.Equal(25, count);
        Assert.Equal(Enumerable.Range(0, 25).Select(number => (long)number), lines.Select(Number));
    }

    [FactNeeding("radosgw")]
    public async Task Devices_are_merged_by_time()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await SendAsync(rig, "device-1", DiagnosticBatch.Of(0, 10), DiagnosticBatch.Of(10, 10));
        await SendAsync(rig, "device-2", Other(DiagnosticBatch.Of(0, 20, from: Noon.AddMilliseconds(500))));

        var (all, _) = await ReadAsync(rig, Noon, Noon.AddHours(1));
        var (one, _) = await ReadAsync(rig, Noon, Noon.AddHours(1), "device-2");

        Assert.Equal(Enumerable.Range(0, 20).SelectMany(number => new long[] { number, number }), all.Select(Number));
        Assert.Equal(all.Order(StringComparer.Ordinal), all);
        Assert.Equal(20, one.Count);
    }

    [FactNeeding("radosgw")]
    public async Task Only_the_events_of_the_time_come_back_though_their_object_began_weeks_before()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        byte[] old = [.. DiagnosticBatch.Of(0, 3, from: Noon.AddDays(-20)).Lines.Span, .. DiagnosticBatch.Of(3, 4, from: Noon).Lines.Span];
        await SendAsync(rig, "device-1", DiagnosticBatch.Of(0, 7, old));

        var (lines, _) = await ReadAsync(rig, Noon.AddSeconds(4), Noon.AddSeconds(6));

        Assert.Equal([4, 5], lines.Select(Number));
    }

    [FactNeeding("radosgw")]
    public async Task What_came_late_is_found_whatever_its_object_began_with()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        byte[] late = [.. DiagnosticBatch.Of(0, 2, from: Noon).Lines.Span, .. DiagnosticBatch.Of(2, 3, from: Noon.AddDays(-3)).Lines.Span];
        byte[] ingested = [.. DiagnosticBatch.Of(5, 3, from: Noon.AddDays(-400)).Lines.Span, .. DiagnosticBatch.Of(8, 2, from: Noon.AddDays(-3)).Lines.Span];
        await SendAsync(rig, "device-1", DiagnosticBatch.Of(0, 5, late), DiagnosticBatch.Of(5, 5, ingested));

        var (lines, _) = await ReadAsync(rig, Noon.AddDays(-3), Noon.AddDays(-2));
        var (old, _) = await ReadAsync(rig, Noon.AddDays(-500), Noon.AddDays(-300));

        Assert.Equal([2, 3, 4, 8, 9], lines.Select(Number));
        Assert.Equal([5, 6, 7], old.Select(Number));
    }

    [FactNeeding("radosgw")]
    public async Task An_object_without_its_metadata_is_read_and_counted()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await SendAsync(rig, "device-1", DiagnosticBatch.Of(0, 3));
        var key = Assert.Single(await rig.KeysAsync());
        await rig.Owner.CopyObjectAsync(new Amazon.S3.Model.CopyObjectRequest
        {
            SourceBucket = rig.Options.Bucket,
            SourceKey = key,
            DestinationBucket = rig.Options.Bucket,
            DestinationKey = key,
            MetadataDirective = Amazon.S3.S3MetadataDirective.REPLACE,
        });

        var events = Events(rig);
        using var output = new MemoryStream();
        await events.WriteAsync(Noon, Noon.AddHours(1), null, output, CancellationToken.None);

        Assert.Equal(1, events.WithoutBounds);
        Assert.Equal(DiagnosticBatch.Of(0, 3).Lines.ToArray(), output.ToArray());
    }

    [FactNeeding("radosgw")]
    public async Task An_object_of_somebody_elses_without_lines_is_named_and_keeps_nothing_else_back()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await SendAsync(rig, "device-1", DiagnosticBatch.Of(0, 3));
        var foreign = Assert.Single(await rig.KeysAsync()).Replace("device-1", "device-2", StringComparison.Ordinal);
        using var zeros = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(zeros, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new byte[8 * 1024 * 1024]);
        }

        zeros.Position = 0;
        await rig.Owner.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = rig.Options.Bucket, Key = foreign, InputStream = zeros });
        var events = Events(rig);
        using var output = new MemoryStream();

        var count = await events.WriteAsync(Noon, Noon.AddHours(1), null, output, CancellationToken.None);

        Assert.Equal((3, foreign), (count, Assert.Single(events.Damaged)));
        Assert.Equal(DiagnosticBatch.Of(0, 3).Lines.ToArray(), output.ToArray());
    }

    private static SinkBatch Other(SinkBatch batch)
    {
        var stream = new StreamId(0xdef);
        return batch with { Start = batch.Start with { Stream = stream }, End = batch.End with { Stream = stream } };
    }

    private static async Task SendAsync(GatewayRig rig, string device, params SinkBatch[] batches)
    {
        await using var sink = rig.Sink(device: device);
        foreach (var batch in batches)
        {
            Assert.Equal(SinkOutcome.Delivered, await sink.DeliverAsync(batch, CancellationToken.None));
        }
    }

    private static async Task<(IReadOnlyList<string> Lines, long Count)> ReadAsync(GatewayRig rig, DateTimeOffset from, DateTimeOffset to, string? device = null)
    {
        using var output = new MemoryStream();
        var count = await Events(rig).WriteAsync(from, to, device, output, CancellationToken.None);
        return (System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries), count);
    }

    private static StoredEvents Events(GatewayRig rig) => new(new TelemetryActors.Sinks.S3.BucketObjects(rig.Owner, rig.Options));

    private static long Number(string line) => Lines.NumberOf(System.Text.Encoding.UTF8.GetBytes(line));
}
