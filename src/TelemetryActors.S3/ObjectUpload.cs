using System.IO.Compression;
using Amazon.S3;
using Amazon.S3.Model;
using TelemetryActors.Delivery;

namespace TelemetryActors.Sinks.S3;

/// <summary>Uploads one object: compressed as it goes, in one piece, or in parts once it is larger than one.</summary>
/// <remarks>Besides the batch it holds at most one compressed part.</remarks>
/// <param name="client">Who uploads.</param>
/// <param name="options">The bucket, and how objects are stored there.</param>
/// <param name="key">The object's whole key.</param>
/// <param name="times">When its events happened; null when that is not known.</param>
internal sealed class ObjectUpload(IAmazonS3 client, S3Options options, string key, EventTimes? times)
{
    private const int SliceBytes = 64 * 1024;

    // What cleaning up may take: of a call that has run out of time, and of one that is still to upload.
    private static readonly TimeSpan CleaningTime = TimeSpan.FromSeconds(10);

    private readonly List<PartETag> _parts = [];
    private string? _uploadId;

    private S3StorageClass? StorageClass => options.StorageClass is { } name ? S3StorageClass.FindValue(name) : null;

    private ServerSideEncryptionMethod? Encryption => options.Encryption is { } name ? ServerSideEncryptionMethod.FindValue(name) : null;

    /// <summary>Uploads a batch.</summary>
    /// <param name="batch">The events.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="inParts">Whether it goes in parts however small it is.</param>
    public async Task SendAsync(SinkBatch batch, CancellationToken cancellation, bool inParts = false)
    {
        try
        {
            // Only a batch that may be larger than a part can have been going in parts when a process was killed.
            if (batch.Attempt > 1 && batch.Lines.Length > options.PartBytes)
            {
                await EndOldUploadsAsync(cancellation);
            }

            await CompressAsync(batch, inParts, cancellation);
        }
        catch when (_uploadId is not null)
        {
            await AbortAsync();
            throw;
        }
    }

    private async Task CompressAsync(SinkBatch batch, bool inParts, CancellationToken cancellation)
    {
        using var compressed = new MemoryStream(capacity: Math.Min(batch.Lines.Length / 4, (int)options.PartBytes) + SliceBytes);
        using (var gzip = new GZipStream(compressed, new ZLibCompressionOptions { CompressionLevel = options.CompressionLevel }, leaveOpen: true))
        {
            for (var rest = batch.Lines; !rest.IsEmpty;)
            {
                var slice = rest[..Math.Min(SliceBytes, rest.Length)];
                gzip.Write(slice.Span);
                rest = rest[slice.Length..];
                if (compressed.Length >= options.PartBytes)
                {
                    await SendPartAsync(batch, compressed, isLast: false, cancellation);
                    compressed.SetLength(0);
                }
            }
        }

        if (_uploadId is null && !inParts)
        {
            await PutAsync(batch, compressed, cancellation);
        }
        else
        {
            await SendPartAsync(batch, compressed, isLast: true, cancellation);
            var completed = await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = options.Bucket, Key = key, UploadId = _uploadId, PartETags = _parts }, cancellation);
            S3Answer.CheckCompleted(completed);
        }
    }

    private async Task PutAsync(SinkBatch batch, MemoryStream compressed, CancellationToken cancellation)
    {
        var request = new PutObjectRequest
        {
            BucketName = options.Bucket,
            Key = key,
            InputStream = Body(compressed),
            ContentType = S3Sink.ContentType,
            UseChunkEncoding = options.UsesChunkedEncoding,
            DisablePayloadSigning = !options.SignPayload,
            StorageClass = StorageClass,
            ServerSideEncryptionMethod = Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = options.KmsKeyId,
        };
        ObjectBounds.Write(batch, times, request.Metadata);
        var stored = await client.PutObjectAsync(request, cancellation);
        S3Answer.CheckStored(stored, stored.ETag);
    }

    private async Task SendPartAsync(SinkBatch batch, MemoryStream compressed, bool isLast, CancellationToken cancellation)
    {
        _uploadId ??= await BeginPartsAsync(batch, cancellation);
        var sent = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = options.Bucket,
                Key = key,
                UploadId = _uploadId,
                PartNumber = _parts.Count + 1,
                PartSize = compressed.Length,
                InputStream = Body(compressed),
                IsLastPart = isLast,
                UseChunkEncoding = options.UsesChunkedEncoding,
                DisablePayloadSigning = !options.SignPayload,
            },
            cancellation);
        S3Answer.CheckStored(sent, sent.ETag);
        _parts.Add(new PartETag(sent));
    }

    private async Task<string> BeginPartsAsync(SinkBatch batch, CancellationToken cancellation)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = options.Bucket,
            Key = key,
            ContentType = S3Sink.ContentType,
            StorageClass = StorageClass,
            ServerSideEncryptionMethod = Encryption,
            ServerSideEncryptionKeyManagementServiceKeyId = options.KmsKeyId,
        };
        ObjectBounds.Write(batch, times, request.Metadata);
        return S3Answer.Begun(await client.InitiateMultipartUploadAsync(request, cancellation));
    }

    private async Task AbortAsync()
    {
        using var time = new CancellationTokenSource(CleaningTime, TimeProvider.System);
        try
        {
            await client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = options.Bucket, Key = key, UploadId = _uploadId }, time.Token);
        }
        catch (Exception exception) when (S3Outcome.IsFailure(exception))
        {
            // The failure that led here is told; the next attempt ends this upload, or the bucket's own rule for incomplete ones.
        }
    }

    private async Task EndOldUploadsAsync(CancellationToken cancellation)
    {
        using var time = new CancellationTokenSource(CleaningTime, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, time.Token);
        try
        {
            var left = await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = options.Bucket, Prefix = key }, either.Token);
            foreach (var upload in left.MultipartUploads ?? [])
            {
                await client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = options.Bucket, Key = key, UploadId = upload.UploadId }, either.Token);
            }
        }
        catch (Exception exception) when (S3Outcome.IsFailure(exception) && !cancellation.IsCancellationRequested)
        {
            // Who may put need not be allowed to list uploads: what is left goes by the bucket's own rule. A fault that matters comes back with the upload.
        }
    }

    private static MemoryStream Body(MemoryStream compressed) => new(compressed.GetBuffer(), 0, (int)compressed.Length, writable: false);
}
