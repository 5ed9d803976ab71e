using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using TelemetryActors.Sinks.S3;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>A bucket of its own in a real S3 server, and sinks that send to it.</summary>
internal sealed class GatewayRig
{
    public GatewayRig(RadosGateway gateway, string? bucket = null)
    {
        Gateway = gateway;
        Options = new S3Options { Bucket = bucket ?? $"spec-{Guid.NewGuid():N}", ServiceUrl = gateway.Address };
        Owner = Open(Options, gateway.Owner);
    }

    public RadosGateway Gateway { get; }

    public S3Options Options { get; }

    public IAmazonS3 Owner { get; }

    public ManualTime Time { get; } = new();

    public static async Task<GatewayRig> WithBucketAsync(RadosGateway gateway)
    {
        var rig = new GatewayRig(gateway);
        for (var left = 1000; !await TryPutBucketAsync(rig); left--)
        {
            Assert.True(left > 0, "the gateway was asked for a bucket a thousand times and had no time");
        }

        return rig;
    }

    // A gateway that takes one request at a time may still be at the one that asked whether it is up.
    private static async Task<bool> TryPutBucketAsync(GatewayRig rig)
    {
        try
        {
            await rig.Owner.PutBucketAsync(rig.Options.Bucket);
            return true;
        }
        catch (AmazonS3Exception busy) when (busy.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
        {
            return false;
        }
    }

    public static IAmazonS3 Open(S3Options options, S3Account account) => S3Connection.Open(options, new BasicAWSCredentials(account.AccessKey, account.SecretKey));

    public S3Sink Sink(S3Account? account = null, string device = "device-1") => new(Options, () => Open(Options, account ?? Gateway.Owner), device, Time);

    /// <summary>The keys in the bucket, in order.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync() =>
        [.. ((await Owner.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Options.Bucket })).S3Objects ?? []).Select(entry => entry.Key)];

    /// <summary>What an object holds.</summary>
    public async Task<byte[]> ReadAsync(string key)
    {
        using var answer = await Owner.GetObjectAsync(Options.Bucket, key);
        using var content = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(content);
        return Gzip.Open(content.ToArray());
    }

    /// <summary>Lets a user of the server do this in the bucket, and nothing else.</summary>
    public Task AllowAsync(string user, params string[] actions) => Owner.PutBucketPolicyAsync(new PutBucketPolicyRequest
    {
        BucketName = Options.Bucket,
        Policy = $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/{{user}}"]},
             "Action":["{{string.Join("\",\"", actions)}}"],"Resource":["arn:aws:s3:::{{Options.Bucket}}","arn:aws:s3:::{{Options.Bucket}}/*"]}]}
            """,
    });

    public async Task<int> OpenUploadsAsync() =>
        (await Owner.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Options.Bucket })).MultipartUploads?.Count ?? 0;
}
