using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.S3;

/// <summary>Finds the objects of a time in a bucket.</summary>
/// <remarks>
/// An object stands in the folder of its first event's day, which may be any day: what was ingested or came late begins with whatever was oldest or newest.
/// So every folder is looked into, and what may be left out is told by when the server took an object and by keys that say so.
/// </remarks>
internal sealed class BucketObjects(IAmazonS3 client, S3Options options)
{
    /// <summary>Requests that are under way at a time.</summary>
    public const int AtOnce = 8;

    private const int CopyBytes = 80 * 1024;
    private const string FolderEnd = "/";

    // Year, month, day.
    private const int FolderDepth = 3;

    // An object that was uploaded before a time holds no event of it, as far as clocks agree.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromDays(1);

    /// <summary>How long an object's content may pause while it is read.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Every object that may hold events of a time, by key: all but those that were taken more than a day before it, and those whose key tells that all of it is later.</summary>
    public async Task<IReadOnlyList<StoredObject>> ListAsync(DateTimeOffset from, DateTimeOffset to, string? device, CancellationToken cancellation)
    {
        List<StoredObject> found = [];
        foreach (var folder in await FoldersAsync(cancellation))
        {
            found.AddRange(await ListAsync(folder, from, to, device, cancellation));
        }

        return found;
    }

    /// <summary>The same of one of <see cref="FoldersAsync"/>.</summary>
    public async Task<IReadOnlyList<StoredObject>> ListAsync(string folder, DateTimeOffset from, DateTimeOffset to, string? device, CancellationToken cancellation)
    {
        List<StoredObject> found = [];
        var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = device is null ? folder : $"{folder}{device}_" };
        await foreach (var entry in PagesAsync(request, cancellation).SelectMany(page => page.S3Objects ?? []))
        {
            if (ObjectKey.Parse(options.Prefix, entry.Key) is { } key && key.MayReachBefore(to)
                && new DateTimeOffset(entry.LastModified!.Value.ToUniversalTime()) is var uploaded && uploaded >= Before(from, ClockDifference))
            {
                found.Add(new StoredObject(entry.Key, key, uploaded));
            }
        }

        return found;
    }

    /// <summary>The same objects with what their metadata tell.</summary>
    public async Task<IReadOnlyList<StoredObject>> WithMetadataAsync(IEnumerable<StoredObject> objects, CancellationToken cancellation)
    {
        List<StoredObject> all = [];
        foreach (var some in objects.Chunk(AtOnce))
        {
            all.AddRange(await Task.WhenAll(some.Select(stored => WithMetadataAsync(stored, cancellation))));
        }

        return all;
    }

    /// <summary>Reads an object, still compressed.</summary>
    /// <exception cref="OperationCanceledException">Its content paused for longer than <see cref="LongestPause"/>.</exception>
    public async Task<MemoryStream> ReadAsync(StoredObject stored, CancellationToken cancellation)
    {
        using var answer = await client.GetObjectAsync(new GetObjectRequest { BucketName = options.Bucket, Key = stored.Path }, cancellation);
        var content = new MemoryStream((int)answer.ContentLength);
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var buffer = new byte[CopyBytes];
        int read;
        do
        {
            pause.CancelAfter(LongestPause);
            read = await answer.ResponseStream.ReadAsync(buffer, pause.Token);
            content.Write(buffer.AsSpan(0, read));
        }
        while (read > 0);

        content.Position = 0;
        return content;
    }

    /// <summary>The bounds that an object's metadata tell; null when they tell none, or the object is no more.</summary>
    public async Task<EventRange?> BoundsAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return ObjectBounds.Read((await HeadAsync(path, cancellation)).Metadata);
        }
        catch (AmazonS3Exception gone) when (gone.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The days that are there, however many there are between them.</summary>
    public async Task<IReadOnlyList<string>> FoldersAsync(CancellationToken cancellation)
    {
        IReadOnlyList<string> folders = [options.Prefix];
        for (var depth = 0; depth < FolderDepth; depth++)
        {
            List<string> inside = [];
            foreach (var folder in folders)
            {
                var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = folder, Delimiter = FolderEnd };
                await foreach (var below in PagesAsync(request, cancellation).SelectMany(page => page.CommonPrefixes ?? []))
                {
                    if (IsNumber(below[folder.Length..^FolderEnd.Length]))
                    {
                        inside.Add(below);
                    }
                }
            }

            folders = inside;
        }

        return folders;
    }

    private async IAsyncEnumerable<ListObjectsV2Response> PagesAsync(ListObjectsV2Request request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var page in client.Paginators.ListObjectsV2(request).Responses.WithCancellation(cancellation))
        {
            S3Answer.CheckListing(page);
            yield return page;
        }
    }

    private static bool IsNumber(string name) => name.Length is 2 or 4 && name.All(char.IsAsciiDigit);

    private static DateTimeOffset Before(DateTimeOffset instant, TimeSpan by) => instant - DateTimeOffset.MinValue > by ? instant - by : DateTimeOffset.MinValue;

    private async Task<StoredObject> WithMetadataAsync(StoredObject stored, CancellationToken cancellation)
    {
        var head = await HeadAsync(stored.Path, cancellation);
        return stored with { Bounds = ObjectBounds.Read(head.Metadata), Times = ObjectBounds.ReadTimes(head.Metadata) };
    }

    private Task<GetObjectMetadataResponse> HeadAsync(string path, CancellationToken cancellation) =>
        client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = options.Bucket, Key = path }, cancellation);
}
