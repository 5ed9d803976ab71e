using Amazon.S3;
using Amazon.S3.Model;

namespace TelemetryActors.Sinks.S3;

/// <summary>Finds the objects of a time in a bucket.</summary>
internal sealed class BucketObjects(IAmazonS3 client, S3Options options)
{
    private const int AtOnce = 8;

    // An object stands in the folder of its first event's day and may hold the backlog of weeks: a circuit that was open, a laptop that slept.
    private static readonly TimeSpan LongestObject = TimeSpan.FromDays(31);

    // An object that was uploaded before a time holds no event of it, as far as clocks agree.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromDays(1);

    /// <summary>Every object that may hold events of a time, by key.</summary>
    public async Task<IReadOnlyList<StoredObject>> ListAsync(DateTimeOffset from, DateTimeOffset to, string? device, CancellationToken cancellation)
    {
        List<StoredObject> found = [];
        var last = to.UtcDateTime.Date;
        for (var day = (from - LongestObject).UtcDateTime.Date; day <= last; day = day.AddDays(1))
        {
            var folder = ObjectKey.Folder(options.Prefix, new DateTimeOffset(day, TimeSpan.Zero));
            var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = device is null ? folder : $"{folder}{device}_" };
            await foreach (var entry in client.Paginators.ListObjectsV2(request).S3Objects.WithCancellation(cancellation))
            {
                if (ObjectKey.Parse(options.Prefix, entry.Key) is { } key && key.First <= to
                    && new DateTimeOffset(entry.LastModified!.Value.ToUniversalTime()) is var uploaded && uploaded >= from - ClockDifference)
                {
                    found.Add(new StoredObject(entry.Key, key, uploaded));
                }
            }
        }

        return found;
    }

    /// <summary>The same objects with their bounds.</summary>
    public async Task<IReadOnlyList<StoredObject>> WithBoundsAsync(IEnumerable<StoredObject> objects, CancellationToken cancellation)
    {
        List<StoredObject> all = [];
        foreach (var some in objects.Chunk(AtOnce))
        {
            all.AddRange(await Task.WhenAll(some.Select(stored => WithBoundsAsync(stored, cancellation))));
        }

        return all;
    }

    /// <summary>Opens an object for reading, still compressed.</summary>
    public async Task<Stream> OpenAsync(StoredObject stored, CancellationToken cancellation) =>
        (await client.GetObjectAsync(new GetObjectRequest { BucketName = options.Bucket, Key = stored.Path }, cancellation)).ResponseStream;

    private async Task<StoredObject> WithBoundsAsync(StoredObject stored, CancellationToken cancellation)
    {
        var head = await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = options.Bucket, Key = stored.Path }, cancellation);
        return stored with { Bounds = ObjectBounds.Read(head.Metadata) };
    }
}
