using Amazon.S3;
using Amazon.S3.Model;

namespace TelemetryActors.Sinks.S3;

/// <summary>Finds the objects of a time in a bucket.</summary>
internal sealed class BucketObjects(IAmazonS3 client, S3Options options, TimeProvider time)
{
    private const int AtOnce = 8;
    private const int KeysToFindADay = 10;

    // An object stands in the folder of its first event's day and may hold the backlog of weeks: a circuit that was open, a laptop that slept.
    private static readonly TimeSpan LongestObject = TimeSpan.FromDays(31);

    // An object that was uploaded before a time holds no event of it, as far as clocks agree.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromDays(1);

    /// <summary>Every object that may hold events of a time, by key.</summary>
    public async Task<IReadOnlyList<StoredObject>> ListAsync(DateTimeOffset from, DateTimeOffset to, string? device, CancellationToken cancellation)
    {
        List<StoredObject> found = [];
        var newest = time.GetUtcNow() + ClockDifference;
        var last = to < newest ? to : newest;
        var first = new DateTimeOffset(Before(from, LongestObject).UtcDateTime.Date, TimeSpan.Zero);
        for (var day = await NextDayAsync(first, cancellation); day <= last; day = await NextDayAsync(day.AddDays(1), cancellation))
        {
            var folder = ObjectKey.Folder(options.Prefix, day);
            var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = device is null ? folder : $"{folder}{device}_" };
            await foreach (var entry in client.Paginators.ListObjectsV2(request).S3Objects.WithCancellation(cancellation))
            {
                if (ObjectKey.Parse(options.Prefix, entry.Key) is { } key && key.First <= to
                    && new DateTimeOffset(entry.LastModified!.Value.ToUniversalTime()) is var uploaded && uploaded >= Before(from, ClockDifference))
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

    /// <summary>Reads an object, still compressed.</summary>
    public async Task<MemoryStream> ReadAsync(StoredObject stored, CancellationToken cancellation)
    {
        using var answer = await client.GetObjectAsync(new GetObjectRequest { BucketName = options.Bucket, Key = stored.Path }, cancellation);
        var content = new MemoryStream((int)answer.ContentLength);
        await answer.ResponseStream.CopyToAsync(content, cancellation);
        content.Position = 0;
        return content;
    }

    // However long a time is, no day without an object is asked for: the first one that has any, from a day on.
    private async Task<DateTimeOffset> NextDayAsync(DateTimeOffset from, CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request
        {
            BucketName = options.Bucket,
            Prefix = options.Prefix,
            StartAfter = ObjectKey.Folder(options.Prefix, from),
            MaxKeys = KeysToFindADay,
        };
        await foreach (var entry in client.Paginators.ListObjectsV2(request).S3Objects.WithCancellation(cancellation))
        {
            if (ObjectKey.Parse(options.Prefix, entry.Key) is { } oldest)
            {
                return new DateTimeOffset(oldest.First.UtcDateTime.Date, TimeSpan.Zero);
            }
        }

        return DateTimeOffset.MaxValue;
    }

    private static DateTimeOffset Before(DateTimeOffset instant, TimeSpan by) => instant - DateTimeOffset.MinValue > by ? instant - by : DateTimeOffset.MinValue;

    private async Task<StoredObject> WithBoundsAsync(StoredObject stored, CancellationToken cancellation)
    {
        var head = await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = options.Bucket, Key = stored.Path }, cancellation);
        return stored with { Bounds = ObjectBounds.Read(head.Metadata) };
    }
}
