using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.S3;

/// <summary>The program and a real bucket.</summary>
[Trait("Feature", "S1.2")]
public sealed class S3Spec(BucketOfPrograms buckets) : IClassFixture<BucketOfPrograms>
{
    [FactNeeding("radosgw")]
    [Trait("Feature", "S1.6")]
    [Trait("Feature", "S1.21")]
    public async Task Short_programs_leave_no_object_each_but_one_when_it_is_due_and_get_brings_everything_back()
    {
        var (program, bucket) = await buckets.StartAsync();
        using var _ = program;
        for (var run = 0; run < 4; run++)
        {
            Assert.Equal(0, program.Run("exec", "--", "true").ExitCode);
        }

        Assert.Empty(await buckets.KeysAsync(bucket));

        program.Variables["TelemetryActors__Sinks__S3__ObjectAge"] = "1s";
        Eventually.Equal(1, () => buckets.KeysAsync(bucket).GetAwaiter().GetResult().Count, () => program.Run("exec", "--", "true"));
        var key = Assert.Single(await buckets.KeysAsync(bucket));
        var content = await buckets.ReadAsync(bucket, key);
        var stored = LogLines(program);
        Assert.Equal(stored[..content.Length], content);

        var back = program.Run("s3", "get", "--from", "1h");
        Assert.Equal(0, back.ExitCode);
        Assert.Equal(content, back.OutputBytes);
        var file = Path.Combine(program.Base, "back.jsonl");
        Assert.Equal(0, program.Run("s3", "get", "--from", "1h", "--out", file, "--device", Path.GetFileName(key).Split('_')[0]).ExitCode);
        Assert.Equal(content, await File.ReadAllBytesAsync(file));
        Assert.Empty(program.Run("s3", "get", "--from", "1h", "--device", "somebody-else").Output);
        Assert.Empty(program.Run("s3", "get", "--from", "2h", "--to", "1h").Output);
    }

    [FactNeeding("radosgw")]
    [Trait("Feature", "S1.21")]
    public async Task Nothing_goes_when_the_owner_has_switched_it_off()
    {
        var (program, bucket) = await buckets.StartAsync();
        using var _ = program;
        program.Variables["TelemetryActors__Sinks__S3__SendAtEnd"] = "true";
        Assert.Equal(0, program.Run("config", "set", "enable_s3_diagnostics", "false").ExitCode);

        program.Run("exec", "--", "true");
        Assert.Empty(await buckets.KeysAsync(bucket));
        program.Run("config", "set", "enable_s3_diagnostics", "true");
        program.Run("exec", "--", "true");

        Assert.Single(await buckets.KeysAsync(bucket));
    }

    [FactNeeding("radosgw")]
    [Trait("Feature", "S1.7")]
    public async Task Setup_writes_and_checks_the_rule_and_says_what_is_wrong_in_one_line_each()
    {
        var (program, _) = await buckets.StartAsync();
        using var __ = program;

        var before = program.Run("s3", "setup", "--check");
        var setup = program.Run("s3", "setup");
        var after = program.Run("s3", "setup", "--check", "--json");

        Assert.Equal((1, 0, 0), (before.ExitCode, setup.ExitCode, after.ExitCode));
        Assert.Contains(before.Lines, line => line.StartsWith("lifecycle    fault    no rule ends objects under diagnostics/", StringComparison.Ordinal));
        Assert.All(TelemetryProgram.Json(after), finding => Assert.Equal("ok", finding.GetProperty("verdict").GetString()));
        using var missing = buckets.Program(BucketOfPrograms.NewName());
        var wrong = missing.Run("s3", "setup");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("NoSuchBucket", Assert.Single(wrong.Lines, line => line.Contains("fault", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [FactNeeding("radosgw")]
    public async Task Credentials_are_in_no_file_and_on_no_line()
    {
        const string Canary = "canary-of-a-secret-0123456789";
        const string KeyCanary = "CANARYKEY";
        var (program, _) = await buckets.StartAsync();
        using var __ = program;
        program.Variables["AWS_ACCESS_KEY_ID"] = KeyCanary;
        program.Variables["AWS_SECRET_ACCESS_KEY"] = Canary;
        program.Variables["AWS_SESSION_TOKEN"] = Canary;
        program.Variables["TelemetryActors__Sinks__S3__SendAtEnd"] = "true";
        program.Variables["TelemetryActors__Debug"] = "true";

        ProgramResult[] results =
        [
            program.Run("exec", "--", "true"), program.Run("exec", "--", "true"), program.Run("sinks"), program.Run("show", "--json"), program.Run("doctor"),
            program.Run("config"), program.Run("s3", "setup"), program.Run("s3", "get", "--from", "1h"),
        ];

        Assert.Contains("InvalidAccessKeyId", string.Join('\n', results.Select(result => result.Output)), StringComparison.Ordinal);
        Assert.All(results, result => Assert.DoesNotContain(Canary, result.Output + result.Error, StringComparison.Ordinal));
        Assert.All(results, result => Assert.DoesNotContain(KeyCanary, result.Output + result.Error, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(program.Base, "*", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.False(text.Contains(Canary, StringComparison.Ordinal) || text.Contains(KeyCanary, StringComparison.Ordinal), file);
        }
    }

    [Fact]
    public void Without_a_bucket_it_says_how_to_name_one()
    {
        using var program = new TelemetryProgram();

        var result = program.Run("s3", "setup");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("telemetry config set sinks.s3.bucket", result.Error, StringComparison.Ordinal);
    }

    private static byte[] LogLines(TelemetryProgram program) =>
    [
        .. Directory.GetFiles(Path.Combine(program.Base, "raw"), "*.ndjson").Order(StringComparer.Ordinal).SelectMany(File.ReadLines)
            .Where(line => !line.Contains("log_anchor", StringComparison.Ordinal)).SelectMany(line => System.Text.Encoding.UTF8.GetBytes(line + "\n")),
    ];

}
