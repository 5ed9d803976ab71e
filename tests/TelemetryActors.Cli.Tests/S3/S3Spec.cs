using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
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
        var waiting = LogLines(program);

        program.Variables["TelemetryActors__Sinks__S3__ObjectAge"] = "1s";
        Eventually.True(() => buckets.KeysAsync(bucket).GetAwaiter().GetResult().Count > 0, between: () => program.Run("exec", "--", "true"));

        // Where a program lives for longer than a second, what it recorded itself is due as well: another object.
        var keys = (await buckets.KeysAsync(bucket)).Order(StringComparer.Ordinal).ToList();
        var key = keys[0];
        var first = await buckets.ReadAsync(bucket, key);
        Assert.Equal(waiting, first[..waiting.Length]);
        byte[] content = [.. first];
        foreach (var later in keys.Skip(1))
        {
            content = [.. content, .. await buckets.ReadAsync(bucket, later)];
        }

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

        UntilThereAre(1, program, bucket);
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
    public void A_damaged_line_of_the_credentials_file_is_told_without_what_stands_in_it()
    {
        const string Canary = "canary-of-a-secret-0123456789";
        using var program = new TelemetryProgram();
        var credentials = Path.Combine(program.Base, "..", $"{Path.GetFileName(program.Base)}.credentials");
        File.WriteAllText(credentials, $"[default]\naws_access_key_id = KEY\naws_secret_access_key {Canary}\n");
        foreach (var (name, value) in new[]
        {
            ("AWS_SHARED_CREDENTIALS_FILE", credentials), ("AWS_EC2_METADATA_DISABLED", "true"), ("TelemetryActors__Sinks__S3__Bucket", "mine"),
            ("TelemetryActors__Sinks__S3__ServiceUrl", "http://127.0.0.1:9"), ("TelemetryActors__Sinks__S3__SendAtEnd", "true"), ("TelemetryActors__Debug", "true"),
        })
        {
            program.Variables[name] = value;
        }

        Eventually.True(
            () => program.Run("sinks").Output.Contains("InvalidDataException", StringComparison.Ordinal),
            () => program.Run("sinks").Output,
            () => program.Run("exec", "--", "true"));
        ProgramResult[] results =
        [
            program.Run("exec", "--", "true"), program.Run("sinks"), program.Run("show", "--json"), program.Run("doctor"),
            program.Run("s3", "setup"), program.Run("s3", "get", "--from", "1h"),
        ];
        File.Delete(credentials);

        Assert.All(results, result => Assert.DoesNotContain(Canary, result.Output + result.Error, StringComparison.Ordinal));
        Assert.All(results[^2..], result => Assert.Equal(1, result.ExitCode));
        Assert.All(results[^2..], result => Assert.Contains(Path.GetFileName(credentials), result.Error, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(program.Base, "*", SearchOption.AllDirectories))
        {
            Assert.False(File.ReadAllText(file).Contains(Canary, StringComparison.Ordinal), file);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("<!doctype html><html><body>Console</body></html>")]
    public void What_answers_everything_with_success_and_is_no_s3_server_is_named_by_setup_get_and_drain(string? body)
    {
        using var rig = new UploadRig();
        rig.Server.Answer(_ => new LoopbackAnswer(200) { Body = body });
        Name(rig.Program, rig.Server.Address.AbsoluteUri);
        (rig.Program.Variables["AWS_ACCESS_KEY_ID"], rig.Program.Variables["AWS_SECRET_ACCESS_KEY"]) = ("KEY", "secret");
        rig.Program.Variables["TelemetryActors__Sinks__S3__Enabled"] = "false";
        Assert.Equal(0, rig.Program.Run("exec", "--", "true").ExitCode);
        rig.Program.Variables.Remove("TelemetryActors__Sinks__S3__Enabled");

        var (setup, get, drain) = (rig.Program.Run("s3", "setup"), rig.Program.Run("s3", "get", "--from", "1h"), rig.Program.Run("sinks", "drain", "s3"));

        Assert.Equal((1, 1, 1), (setup.ExitCode, get.ExitCode, drain.ExitCode));
        Assert.Contains("is no S3 server: ", Assert.Single(setup.Lines, line => line.Contains("fault", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("answered, but not as S3 does", get.Error, StringComparison.Ordinal);
        Assert.Contains("misconfigured", rig.Program.Run("sinks").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_process_that_fails_is_a_line_of_setup_without_what_it_said()
    {
        const string Canary = "canary-of-a-secret-0123456789";
        using var program = new TelemetryProgram();
        var config = Path.Combine(program.Base, "..", $"{Path.GetFileName(program.Base)}.config");
        File.WriteAllText(config, $"[default]\ncredential_process = sh -c \"echo {Canary} >&2; exit 3\"\n");
        Name(program, "http://127.0.0.1:9");
        (program.Variables["AWS_CONFIG_FILE"], program.Variables["AWS_SHARED_CREDENTIALS_FILE"], program.Variables["AWS_EC2_METADATA_DISABLED"]) = (config, config, "true");

        var (setup, get) = (program.Run("s3", "setup"), program.Run("s3", "get", "--from", "1h"));
        File.Delete(config);

        Assert.Equal((1, 1), (setup.ExitCode, get.ExitCode));
        Assert.Contains("no usable credentials: the profile's credential_process failed", Assert.Single(setup.Lines, line => line.StartsWith("credentials", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("no usable credentials", get.Error, StringComparison.Ordinal);
        Assert.All([setup, get], result => Assert.DoesNotContain(Canary, result.Output + result.Error, StringComparison.Ordinal));
    }

    private static void Name(TelemetryProgram program, string server)
    {
        program.Variables["TelemetryActors__Sinks__S3__Bucket"] = "mine";
        program.Variables["TelemetryActors__Sinks__S3__ServiceUrl"] = server;
    }

    [FactNeeding("radosgw")]
    public async Task A_damaged_object_is_told_and_the_others_come_back()
    {
        var (program, bucket) = await buckets.StartAsync();
        using var _ = program;
        program.Variables["TelemetryActors__Sinks__S3__SendAtEnd"] = "true";
        UntilThereAre(3, program, bucket);

        var keys = await buckets.KeysAsync(bucket);
        await buckets.DamageAsync(bucket, keys[0], content => content[..(content.Length / 2)]);
        await buckets.DamageAsync(bucket, keys[1], content => [.. content.Select((value, index) => index < 30 ? value : (byte)(value ^ 0x55))]);
        byte[] whole = [];
        foreach (var key in keys.Skip(2))
        {
            whole = [.. whole, .. await buckets.ReadAsync(bucket, key)];
        }

        var file = Path.Combine(program.Base, "back.jsonl");

        var back = program.Run("s3", "get", "--from", "1h", "--out", file);

        Assert.Equal(1, back.ExitCode);
        Assert.All(keys.Take(2), key => Assert.Contains($"telemetry: {key} is damaged", back.Error, StringComparison.Ordinal));
        Assert.All(keys.Skip(2), key => Assert.DoesNotContain(key, back.Error, StringComparison.Ordinal));
        var content = await File.ReadAllTextAsync(file);
        Assert.EndsWith(System.Text.Encoding.UTF8.GetString(whole), content, StringComparison.Ordinal);
        Assert.All(content.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => System.Text.Json.JsonDocument.Parse(line).Dispose());
    }

    [FactNeeding("radosgw")]
    public async Task What_cannot_be_brought_back_leaves_the_file_of_before()
    {
        var (program, _) = await buckets.StartAsync();
        using var __ = program;
        var file = Path.Combine(program.Base, "back.jsonl");
        await File.WriteAllTextAsync(file, "of before");
        program.Variables["AWS_SECRET_ACCESS_KEY"] = "wrong";

        var back = program.Run("s3", "get", "--from", "1h", "--out", file);

        Assert.Equal(1, back.ExitCode);
        Assert.Equal("of before", await File.ReadAllTextAsync(file));
        Assert.Empty(Directory.GetFiles(program.Base, "*.tmp"));
    }

    [FactNeeding("radosgw")]
    public async Task What_the_disk_fails_to_sync_leaves_the_file_of_before()
    {
        var (program, bucket) = await buckets.StartAsync();
        using var _ = program;
        program.Variables["TelemetryActors__Sinks__S3__SendAtEnd"] = "true";
        UntilThereAre(1, program, bucket);
        var file = Path.Combine(program.Base, "back.jsonl");
        await File.WriteAllTextAsync(file, "of before");

        var back = program.RunUnder(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=1"], "s3", "get", "--from", "1h", "--out", file);

        Assert.Equal(1, back.ExitCode);
        Assert.Contains("failed: Input/output error", back.Error, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9]+ events", back.Error);
        Assert.Equal("of before", await File.ReadAllTextAsync(file));
        Assert.Empty(Directory.GetFiles(program.Base, "*.tmp"));
    }

    [Fact]
    public void A_bad_setting_ends_it_before_it_asks_the_bucket()
    {
        using var program = new TelemetryProgram();
        program.Variables["TelemetryActors__Sinks__S3__Bucket"] = "mine";
        program.Variables["TelemetryActors__Sinks__S3__Prefix"] = "logs";

        var result = program.Run("s3", "setup");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Prefix must be", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_bucket_it_says_how_to_name_one()
    {
        using var program = new TelemetryProgram();

        var result = program.Run("s3", "setup");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("telemetry config set sinks.s3.bucket", result.Error, StringComparison.Ordinal);
    }

    // A program's end has seconds for it, in which a starved machine does not get there: then it goes with a drain, which lives until it is through.
    private void UntilThereAre(int objects, TelemetryProgram program, string bucket)
    {
        int Count() => buckets.KeysAsync(bucket).GetAwaiter().GetResult().Count;

        Eventually.True(() => Count() >= objects, () => Count(), () =>
        {
            program.Run("exec", "--", "true");
            program.Run("sinks", "drain", "s3");
        });
    }

    private static byte[] LogLines(TelemetryProgram program) =>
    [
        .. Directory.GetFiles(Path.Combine(program.Base, "raw"), "*.ndjson").Order(StringComparer.Ordinal).SelectMany(File.ReadLines)
            .Where(line => !line.Contains("log_anchor", StringComparison.Ordinal)).SelectMany(line => System.Text.Encoding.UTF8.GetBytes(line + "\n")),
    ];

}
