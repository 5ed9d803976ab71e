using Amazon.S3;
using Amazon.S3.Model;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.S3.Setup;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

[Collection(S3Collection.Name)]
[Trait("Feature", "S1.7")]
public sealed class BucketSetupSpec(SharedGateway shared)
{
    [FactNeeding("radosgw")]
    public async Task A_fresh_bucket_gets_its_rule_and_is_well()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);

        var findings = await RunAsync(rig);

        Assert.Equal(["reachable", "credentials", "exists", "list", "put", "parts", "get", "delete", "lifecycle", "private"], findings.Select(finding => finding.Check));
        Assert.All(findings, finding => Assert.Equal(BucketVerdict.Ok, finding.Verdict));
        Assert.Equal("objects under diagnostics/ end after 30 days; rules of others: 0", findings.Single(finding => finding.Check == "lifecycle").Text);
        Assert.Empty(await rig.KeysAsync());
        Assert.Equal(0, await rig.OpenUploadsAsync());
    }

    [FactNeeding("radosgw")]
    public async Task An_object_is_put_as_the_sink_puts_it()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        (rig.Options.Encryption, rig.Options.KmsKeyId) = ("aws:kms", "no-such-key");

        var findings = await RunAsync(rig);

        Assert.Contains(Wrong(findings), line => line.StartsWith("put: ", StringComparison.Ordinal));
    }


    [FactNeeding("radosgw")]
    public async Task A_second_look_changes_nothing_and_finds_it_well()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await RunAsync(rig);

        var findings = await RunAsync(rig, writes: false);

        Assert.All(findings, finding => Assert.Equal(BucketVerdict.Ok, finding.Verdict));
        Assert.Single(await RulesAsync(rig));
    }

    [FactNeeding("radosgw")]
    public async Task A_look_alone_writes_no_rule_and_misses_it()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);

        var findings = await RunAsync(rig, writes: false);

        var lifecycle = findings.Single(finding => finding.Check == "lifecycle");
        Assert.Equal((BucketVerdict.Wrong, "no rule ends objects under diagnostics/"), (lifecycle.Verdict, lifecycle.Text));
    }

    [FactNeeding("radosgw")]
    public async Task The_rules_of_others_stay()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await PutRulesAsync(
            rig,
            new LifecycleRule { Id = "backups", Status = LifecycleRuleStatus.Enabled, Filter = Under("backups/"), Expiration = new LifecycleRuleExpiration { Days = 365 } },
            new LifecycleRule { Id = "same-prefix", Status = LifecycleRuleStatus.Enabled, Filter = Under("diagnostics/"), Expiration = new LifecycleRuleExpiration { Days = 90 } },
            new LifecycleRule { Id = RetentionRule.Id, Status = LifecycleRuleStatus.Enabled, Filter = Under("formerly/"), Expiration = new LifecycleRuleExpiration { Days = 3 } });

        var findings = await RunAsync(rig);

        Assert.All(findings, finding => Assert.Equal(BucketVerdict.Ok, finding.Verdict));
        Assert.Equal(
            [("backups", 365), ("same-prefix", 90), ("telemetry-diagnostics", 30)],
            (await RulesAsync(rig)).Select(rule => (rule.Id, rule.Expiration.Days!.Value)).Order());
    }

    [FactNeeding("radosgw")]
    public async Task A_rule_of_others_that_ends_diagnostics_sooner_is_named_and_left_to_them()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await PutRulesAsync(
            rig,
            new LifecycleRule { Id = "everything", Status = LifecycleRuleStatus.Enabled, Filter = Under(""), Expiration = new LifecycleRuleExpiration { Days = 7 } },
            new LifecycleRule { Id = "of-a-year", Status = LifecycleRuleStatus.Enabled, Filter = Under("diagnostics/2025/"), Expiration = new LifecycleRuleExpiration { Days = 2 } });

        var findings = await RunAsync(rig);

        Assert.Equal(
            ["lifecycle: objects under diagnostics/ end sooner by rules of others: everything (after 7 days), of-a-year (diagnostics/2025/ after 2 days)"], Wrong(findings));
        Assert.Equal(["everything", "of-a-year", "telemetry-diagnostics"], (await RulesAsync(rig)).Select(rule => rule.Id).Order());
    }

    [FactNeeding("radosgw")]
    public async Task A_missing_bucket_a_wrong_secret_and_a_stranger_are_one_line_each()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);

        var missing = await RunAsync(new GatewayRig(shared.Gateway, "not-there"));
        var wrong = await RunAsync(rig, shared.Gateway.Owner with { SecretKey = "wrong" });
        var stranger = await RunAsync(rig, shared.Gateway.AddUser("visitor"));

        Assert.Equal(["exists: 404 NoSuchBucket: there is no bucket not-there"], Wrong(missing));
        Assert.Equal(["credentials: 403 SignatureDoesNotMatch: the secret access key is wrong"], Wrong(wrong));
        var denied = $"403 AccessDenied: the credentials may not do this in bucket {rig.Options.Bucket}";
        Assert.Equal(
            [
                $"list: {denied} (it takes s3:ListBucket)", $"put: {denied} (it takes s3:PutObject)", $"parts: {denied} (it takes s3:PutObject, s3:AbortMultipartUpload)",
                $"lifecycle: {denied} (it takes s3:GetLifecycleConfiguration)",
            ],
            Wrong(stranger));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_one_line()
    {
        using var server = new StrictS3Server();
        var options = new TelemetryActors.Sinks.S3.S3Options { Bucket = "mine", ServiceUrl = server.Address };
        server.Dispose();

        var findings = await new BucketSetup(GatewayRig.Open(options, server.Owner), options, 30, TimeProvider.System).RunAsync(true, CancellationToken.None);

        Assert.Equal([$"reachable: {server.Address.GetLeftPart(UriPartial.Authority)}: network: ConnectionRefused"], Wrong(findings));
    }

    [FactNeeding("radosgw")]
    public async Task A_bucket_that_everyone_can_look_into_is_named()
    {
        var rig = await GatewayRig.WithBucketAsync(shared.Gateway);
        await rig.Owner.PutBucketAclAsync(new PutBucketAclRequest { BucketName = rig.Options.Bucket, ACL = S3CannedACL.PublicRead });

        var findings = await RunAsync(rig);

        Assert.Equal([$"private: everyone can look into bucket {rig.Options.Bucket}"], Wrong(findings));
    }

    [FactNeeding("radosgw")]
    public async Task The_rule_really_ends_diagnostics_and_nothing_else()
    {
        using var gateway = new RadosGateway(lifecycleDay: TimeSpan.FromSeconds(1));
        var rig = await GatewayRig.WithBucketAsync(gateway);
        await using var sink = rig.Sink();
        Assert.Equal(SinkOutcome.Delivered, await sink.DeliverAsync(DiagnosticBatch.Of(0, 10), CancellationToken.None));
        await rig.Owner.PutObjectAsync(new PutObjectRequest { BucketName = rig.Options.Bucket, Key = "backups/kept", ContentBody = "kept" });
        Assert.Equal(2, (await rig.KeysAsync()).Count);

        var findings = await new BucketSetup(rig.Owner, rig.Options, 2, TimeProvider.System).RunAsync(true, CancellationToken.None);

        Assert.Empty(Wrong(findings));
        Eventually.Equal("backups/kept", () => string.Join(' ', rig.KeysAsync().GetAwaiter().GetResult()), gateway.CarryOutRules);
    }

    private static async Task<IReadOnlyList<BucketFinding>> RunAsync(GatewayRig rig, S3Account? account = null, bool writes = true) =>
        await new BucketSetup(account is null ? rig.Owner : GatewayRig.Open(rig.Options, account), rig.Options, RetentionRule.DefaultDays, TimeProvider.System)
            .RunAsync(writes, CancellationToken.None);

    private static IEnumerable<string> Wrong(IEnumerable<BucketFinding> findings) =>
        findings.Where(finding => finding.Verdict == BucketVerdict.Wrong).Select(finding => $"{finding.Check}: {finding.Text}");

    private static LifecycleFilter Under(string prefix) => new() { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = prefix } };

    private static Task<PutLifecycleConfigurationResponse> PutRulesAsync(GatewayRig rig, params List<LifecycleRule> rules) => rig.Owner.PutLifecycleConfigurationAsync(
        new PutLifecycleConfigurationRequest { BucketName = rig.Options.Bucket, Configuration = new LifecycleConfiguration { Rules = rules } });

    private static async Task<List<LifecycleRule>> RulesAsync(GatewayRig rig) =>
        (await rig.Owner.GetLifecycleConfigurationAsync(new GetLifecycleConfigurationRequest { BucketName = rig.Options.Bucket })).Configuration.Rules;
}
