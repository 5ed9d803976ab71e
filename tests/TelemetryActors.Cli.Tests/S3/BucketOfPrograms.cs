using System.IO.Compression;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using TelemetryActors.TestKit.Servers;

namespace TelemetryActors.Cli.S3;

/// <summary>A real S3 server, and programs whose settings and environment name a bucket of their own in it.</summary>
public sealed class BucketOfPrograms : IDisposable
{
    private readonly Lazy<RadosGateway> _gateway = new(() => new RadosGateway());

    internal RadosGateway Gateway => _gateway.Value;

    internal IAmazonS3 Client => new AmazonS3Client(
        new BasicAWSCredentials(Gateway.Owner.AccessKey, Gateway.Owner.SecretKey),
        new AmazonS3Config { ServiceURL = Gateway.Address.AbsoluteUri, ForcePathStyle = true, RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED });

    internal static string NewName() => $"cli-{Guid.NewGuid():N}";

    /// <summary>A program whose bucket is there.</summary>
    internal async Task<(TelemetryProgram Program, string Bucket)> StartAsync()
    {
        var bucket = NewName();
        using var client = Client;
        await client.PutBucketAsync(bucket);
        return (Program(bucket), bucket);
    }

    internal TelemetryProgram Program(string bucket)
    {
        var program = new TelemetryProgram();
        program.Variables["TelemetryActors__Sinks__S3__Bucket"] = bucket;
        program.Variables["TelemetryActors__Sinks__S3__ServiceUrl"] = Gateway.Address.AbsoluteUri;
        program.Variables["AWS_ACCESS_KEY_ID"] = Gateway.Owner.AccessKey;
        program.Variables["AWS_SECRET_ACCESS_KEY"] = Gateway.Owner.SecretKey;
        return program;
    }

    internal async Task<IReadOnlyList<string>> KeysAsync(string bucket)
    {
        using var client = Client;
        return [.. ((await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket })).S3Objects ?? []).Select(entry => entry.Key)];
    }

    internal async Task<byte[]> ReadAsync(string bucket, string key)
    {
        using var client = Client;
        using var answer = await client.GetObjectAsync(bucket, key);
        using var gzip = new GZipStream(answer.ResponseStream, CompressionMode.Decompress);
        using var content = new MemoryStream();
        await gzip.CopyToAsync(content);
        return content.ToArray();
    }

    /// <summary>Changes an object's content and leaves its metadata.</summary>
    internal async Task DamageAsync(string bucket, string key, Func<byte[], byte[]> change)
    {
        using var client = Client;
        using var answer = await client.GetObjectAsync(bucket, key);
        using var content = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(content);
        var request = new PutObjectRequest { BucketName = bucket, Key = key, InputStream = new MemoryStream(change(content.ToArray())), UseChunkEncoding = false };
        foreach (var name in answer.Metadata.Keys)
        {
            request.Metadata[name] = answer.Metadata[name];
        }

        await client.PutObjectAsync(request);
    }

    public void Dispose()
    {
        if (_gateway.IsValueCreated)
        {
            _gateway.Value.Dispose();
        }
    }
}
