using System.IO.Compression;
using Amazon.S3;
using Amazon.S3.Model;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sinks.S3.Setup;

/// <summary>Looks whether a bucket can hold diagnostics, and gives it the rule that ends them.</summary>
/// <param name="client">Who asks.</param>
/// <param name="options">The bucket.</param>
/// <param name="days">How long diagnostics stay.</param>
/// <param name="time">The clock.</param>
internal sealed class BucketSetup(IAmazonS3 client, S3Options options, int days, TimeProvider time)
{
    private const string Everyone = "http://acs.amazonaws.com/groups/global/AllUsers";
    private const string EveryoneWithAnAccount = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

    private readonly List<BucketFinding> _findings = [];

    /// <summary>Everything that was found, in order; what cannot be looked at after a fault is left out.</summary>
    /// <param name="writesRule">Whether the rule is written when it is missing or another.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<BucketFinding>> RunAsync(bool writesRule, CancellationToken cancellation)
    {
        if (await CanBeAskedAsync(cancellation))
        {
            await TryObjectsAsync(cancellation);
            await CheckRuleAsync(writesRule, cancellation);
            await CheckPublicAccessAsync(cancellation);
        }

        return _findings;
    }

    private string Where => options.ServiceUrl?.GetLeftPart(UriPartial.Authority) ?? "AWS";

    private async Task<bool> CanBeAskedAsync(CancellationToken cancellation)
    {
        var failure = await TryAsync(async () => S3Answer.CheckListing(await client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = options.Bucket, Prefix = options.Prefix, MaxKeys = 1 }, cancellation)));
        var reason = failure is null ? null : ReasonOf(failure);
        if (failure is not null && S3Outcome.IsOfNoS3(failure))
        {
            return Wrong("reachable", $"{Where} is no S3 server: {reason}");
        }

        if (failure is not null && S3Outcome.Of(failure, options.Bucket!, time.GetUtcNow()) is SinkOutcome.Retry)
        {
            return Wrong("reachable", $"{Where}: {reason}");
        }

        var code = (failure as AmazonS3Exception)?.ErrorCode;
        if (failure is not null and not AmazonS3Exception || code is "SignatureDoesNotMatch" or "InvalidAccessKeyId" or "ExpiredToken" or "InvalidToken")
        {
            Ok("reachable", Where);
            return Wrong("credentials", reason!);
        }

        Ok("reachable", Where);
        Ok("credentials", "known there");
        if (failure is AmazonS3Exception { StatusCode: not System.Net.HttpStatusCode.Forbidden })
        {
            return Wrong("exists", reason!);
        }

        Ok("exists", options.Bucket!);
        Add("list", Needing(failure, "s3:ListBucket"), $"{options.Prefix}*");
        return true;
    }

    private async Task TryObjectsAsync(CancellationToken cancellation)
    {
        // As the sink puts them: compressed, with storage class, encryption and metadata.
        var now = time.GetUtcNow();
        var content = System.Text.Encoding.UTF8.GetBytes($"written by telemetry s3 setup at {now:O}\n");
        var batch = new SinkBatch(0, default, new Cursor(default, content.Length, 1), content);
        var (whole, parts) = (NewKey(), NewKey());
        var put = await TryAsync(() => new ObjectUpload(client, options, whole, times: null).SendAsync(batch, cancellation));
        Add("put", Needing(put, "s3:PutObject"), "an object of this check");
        var inParts = await TryAsync(() => new ObjectUpload(client, options, parts, times: null).SendAsync(batch, cancellation, inParts: true));
        Add("parts", Needing(inParts, "s3:PutObject, s3:AbortMultipartUpload"), "another one, as large ones go");
        if (inParts is null)
        {
            await DeleteAsync(parts, cancellation);
        }

        if (put is null)
        {
            await ReadBackAsync(whole, content, cancellation);
            var deleted = await DeleteAsync(whole, cancellation);
            Add("delete", deleted is null ? null : $"{Needing(deleted, "s3:DeleteObject")}; {whole} is left behind", "the same object");
        }
    }

    private string NewKey() => $"{options.Prefix}telemetry-setup-{Guid.NewGuid():N}";

    private async Task ReadBackAsync(string key, byte[] content, CancellationToken cancellation)
    {
        using var read = new MemoryStream();
        var got = await TryAsync(async () =>
        {
            using var answer = await client.GetObjectAsync(options.Bucket, key, cancellation);
            using var text = new GZipStream(answer.ResponseStream, CompressionMode.Decompress);
            read.SetLength(0);
            await text.CopyToAsync(read, cancellation);
        });
        var isSame = read.ToArray().AsSpan().SequenceEqual(content);
        Add("get", got is not null ? Needing(got, "s3:GetObject") : isSame ? null : "what came back is not what was put", "the same object");
    }

    private Task<Exception?> DeleteAsync(string key, CancellationToken cancellation) => TryAsync(() => client.DeleteObjectAsync(options.Bucket, key, cancellation));

    private async Task CheckRuleAsync(bool writesRule, CancellationToken cancellation)
    {
        var (rules, failure) = await RulesAsync(cancellation);
        if (failure is not null)
        {
            Wrong("lifecycle", Needing(failure, "s3:GetLifecycleConfiguration")!);
            return;
        }

        if (RetentionRule.FaultOf(rules, options.Prefix, days) is { } fault && writesRule)
        {
            var written = await TryAsync(() => client.PutLifecycleConfigurationAsync(
                new PutLifecycleConfigurationRequest
                {
                    BucketName = options.Bucket,
                    Configuration = new LifecycleConfiguration { Rules = RetentionRule.Merge(rules, options.Prefix, days) },
                },
                cancellation));
            (rules, failure) = written is null ? await RulesAsync(cancellation) : (rules, written);
        }

        // Each fault is a line: one that is ours to mend does not hide one that is not.
        string[] faults = [.. new[] { Needing(failure, "s3:PutLifecycleConfiguration") ?? RetentionRule.FaultOf(rules, options.Prefix, days), RetentionRule.SoonerOf(rules, options.Prefix, days) }.OfType<string>()];
        foreach (var each in faults.Skip(1))
        {
            Wrong("lifecycle", each);
        }

        Add(
            "lifecycle",
            faults.FirstOrDefault(),
            $"objects under {options.Prefix} end after {days} days; rules of others: {rules.Count(rule => rule.Id != RetentionRule.Id)}");
    }

    private async Task<(IReadOnlyList<LifecycleRule> Rules, Exception? Failure)> RulesAsync(CancellationToken cancellation)
    {
        IReadOnlyList<LifecycleRule> rules = [];
        var failure = await TryAsync(async () =>
            rules = (await client.GetLifecycleConfigurationAsync(new GetLifecycleConfigurationRequest { BucketName = options.Bucket }, cancellation)).Configuration?.Rules ?? []);
        return failure is AmazonS3Exception { ErrorCode: "NoSuchLifecycleConfiguration" } ? ([], null) : (rules, failure);
    }

    private async Task CheckPublicAccessAsync(CancellationToken cancellation)
    {
        bool? byPolicy = null, byList = null;
        var policy = await TryAsync(async () =>
            byPolicy = (await client.GetBucketPolicyStatusAsync(new GetBucketPolicyStatusRequest { BucketName = options.Bucket }, cancellation)).PolicyStatus?.IsPublic);
        byPolicy = policy is AmazonS3Exception { ErrorCode: "NoSuchBucketPolicy" } ? false : byPolicy;
        var list = await TryAsync(async () =>
            byList = (await client.GetBucketAclAsync(new GetBucketAclRequest { BucketName = options.Bucket }, cancellation)).Grants?
                .Any(grant => grant.Grantee?.URI is Everyone or EveryoneWithAnAccount) ?? false);
        if (byPolicy == true || byList == true)
        {
            Wrong("private", $"everyone can look into bucket {options.Bucket}");
        }
        else if (byPolicy is null || byList is null)
        {
            _findings.Add(new BucketFinding("private", BucketVerdict.Unknown, (byPolicy is null ? policy : list) is { } failure ? $"the server does not say: {ReasonOf(failure)}" : "the server does not say"));
        }
        else
        {
            Ok("private", "neither policy nor access list opens it to everyone");
        }
    }

    // What is denied is told with the permission that it takes.
    private string? Needing(Exception? failure, string permission) => failure switch
    {
        null => null,
        AmazonS3Exception { StatusCode: System.Net.HttpStatusCode.Forbidden } => $"{ReasonOf(failure)} (it takes {permission})",
        _ => ReasonOf(failure),
    };

    private string ReasonOf(Exception failure) => S3Outcome.ReasonOf(failure, options.Bucket!, time.GetUtcNow());

    private void Add(string check, string? fault, string text) =>
        _findings.Add(fault is null ? new BucketFinding(check, BucketVerdict.Ok, text) : new BucketFinding(check, BucketVerdict.Wrong, fault));

    private void Ok(string check, string text) => Add(check, null, text);

    private bool Wrong(string check, string fault)
    {
        Add(check, fault, "");
        return false;
    }

    private static async Task<Exception?> TryAsync(Func<Task> call, int triesLeft = 2)
    {
        try
        {
            await call();
            return null;
        }
        catch (Exception exception)
        {
            // Also what nobody foresaw is a line of its own: it hides nothing of what was found before.
            return triesLeft == 0 || !S3Outcome.IsNoAnswerToUs(exception) ? exception : await TryAsync(call, triesLeft - 1);
        }
    }
}
