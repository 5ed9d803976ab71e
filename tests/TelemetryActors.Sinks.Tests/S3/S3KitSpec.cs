using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.S3;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Sinks.Tests.S3;

[Trait("Feature", "S1.2")]
public sealed class S3KitSpec
{
    private const int MiB = 1024 * 1024;

    [Fact]
    public void Every_option_is_a_setting_and_comes_back_as_it_was_written()
    {
        (string Path, string Text)[] texts =
        [
            ("bucket", "my-bucket"), ("prefix", "logs/agents/"), ("serviceUrl", "https://s3.example:9000"), ("region", "eu-west-1"), ("forcePathStyle", "false"),
            ("checksums", "always"), ("chunkedEncoding", "true"), ("signPayload", "false"), ("objectBytes", "4MiB"), ("objectAge", "1h"), ("sendAtEnd", "true"),
            ("partBytes", "16MiB"), ("compressionLevel", "6"), ("storageClass", "STANDARD_IA"), ("encryption", "aws:kms"), ("kmsKeyId", "key-1"),
        ];

        var resolved = SettingResolver.Resolve(new TelemetryOptions().AddS3(), [Outside(texts)]);

        Assert.Empty(resolved.Faults);
        Assert.Equal(
            texts.Select(text => ($"sinks.s3.{text.Path}", (string?)text.Text)),
            resolved.Values.Where(value => value.Path.StartsWith("sinks.s3.", StringComparison.Ordinal)).Select(value => (value.Path, value.Value)));
        Assert.Equal(typeof(S3Options).GetProperties().Length, texts.Length);
    }

    [Theory]
    [InlineData("bucket", "a b")]
    [InlineData("bucket", "../x")]
    [InlineData("prefix", "diagnostics")]
    [InlineData("prefix", "/diagnostics/")]
    [InlineData("prefix", "a?b/")]
    [InlineData("prefix", "")]
    [InlineData("serviceUrl", "http://user:secret@s3.example")]
    [InlineData("serviceUrl", "ftp://s3.example")]
    [InlineData("serviceUrl", "https://s3.example/path")]
    [InlineData("objectBytes", "1GiB")]
    [InlineData("objectBytes", "1KiB")]
    [InlineData("objectAge", "0s")]
    [InlineData("partBytes", "1MiB")]
    [InlineData("compressionLevel", "10")]
    [InlineData("checksums", "sometimes")]
    public void A_bad_setting_is_named_and_left_out(string name, string text)
    {
        var resolved = SettingResolver.Resolve(new TelemetryOptions().AddS3(), [Outside((name, text))]);

        Assert.StartsWith($"Sinks:S3:{name} must be", Assert.Single(resolved.Faults), StringComparison.Ordinal);
        Assert.Null(resolved.Options.Kit<S3Kit>().Options.Bucket);
    }

    [Fact]
    public void Bad_options_of_the_code_are_told_all_at_once()
    {
        var options = new TelemetryOptions().AddS3(s3 =>
        {
            s3.Bucket = "x";
            s3.Prefix = "/";
            s3.ServiceUrl = new Uri("http://user:secret@s3.example/");
            s3.SignPayload = false;
            s3.ObjectBytes = 1;
            s3.ObjectAge = TimeSpan.Zero;
            s3.PartBytes = 1;
            s3.CompressionLevel = 0;
            s3.KmsKeyId = "key";
        });

        var faults = TelemetryOptionsFaults.Of(options).ToList();

        string[] named = ["Bucket", "Prefix", "ServiceUrl", "SignPayload", "ObjectBytes", "ObjectAge", "PartBytes", "CompressionLevel", "KmsKeyId"];
        Assert.Equal(named.Select(name => $"Sinks:S3:{name}"), faults.Select(fault => fault.Split(' ')[0]));
        Assert.DoesNotContain(faults, fault => fault.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "S1.7")]
    public void An_empty_prefix_is_refused_because_its_rule_would_end_the_whole_bucket()
    {
        var faults = TelemetryOptionsFaults.Of(Named(options => options.AddS3(s3 => s3.Prefix = "")));

        Assert.Equal("Sinks:S3:Prefix must not be empty: the rule that ends diagnostics would end everything in the bucket", Assert.Single(faults));
        Assert.Throws<ArgumentException>(() => TelemetryActors.Sinks.S3.Setup.RetentionRule.Of("", 30));
    }

    [Fact]
    public void Without_a_bucket_there_is_no_sink()
    {
        Assert.Empty(Sinks(new TelemetryOptions().AddS3()));
        Assert.Equal("s3", Assert.Single(Sinks(Named())).Name);
    }

    [Fact]
    [Trait("Feature", "S1.21")]
    public void Diagnostics_switched_off_or_another_transport_leave_it_out()
    {
        Assert.Empty(Sinks(Named(options => options.EnableS3 = false)));
        Assert.Empty(Sinks(Named(options => options.Transport = TelemetryTransport.File)));
        Assert.Single(Sinks(Named(options => options.Transport = TelemetryTransport.Custom)));
    }

    [Theory]
    [InlineData(TelemetryPreset.Small, MiB, true)]
    [InlineData(TelemetryPreset.Service, 8 * MiB, false)]
    [InlineData(TelemetryPreset.Collector, 32 * MiB, false)]
    public void A_preset_decides_how_large_an_object_gets_and_what_the_end_of_a_program_sends(TelemetryPreset preset, int bytes, bool onlyWhatIsDue)
    {
        var sink = Assert.Single(Sinks(Named(options => options.Preset = preset)));

        Assert.Equal((bytes, onlyWhatIsDue), (sink.Policy.MaxBatchBytes, sink.SendsOnlyWhatIsDue));
        Assert.Equal(TimeSpan.FromMinutes(15), sink.Policy.FlushInterval);
        Assert.True(sink.Policy.KeepsBoundsFirst);
        Assert.False(sink.StartsAtTail);
    }

    [Fact]
    public void What_is_set_wins_over_the_preset()
    {
        var options = Named().AddS3(s3 => (s3.ObjectBytes, s3.SendAtEnd, s3.ObjectAge) = (MiB, false, TimeSpan.FromHours(2)));

        var sink = Assert.Single(Sinks(options));

        Assert.Equal((MiB, true, TimeSpan.FromHours(2)), (sink.Policy.MaxBatchBytes, sink.SendsOnlyWhatIsDue, sink.Policy.FlushInterval));
    }

    [Fact]
    public void Aws_gets_its_own_default_upload_and_other_servers_the_plain_one()
    {
        var aws = new S3Options { Bucket = "mine" };
        var other = new S3Options { Bucket = "mine", ServiceUrl = new Uri("http://127.0.0.1:9000") };

        Assert.Equal((S3Checksums.Always, true, false), (aws.UsedChecksums, aws.UsesChunkedEncoding, aws.UsesPathStyle));
        Assert.Equal((S3Checksums.WhenRequired, false, true), (other.UsedChecksums, other.UsesChunkedEncoding, other.UsesPathStyle));
    }

    [Fact]
    [Trait("Feature", "S1.7")]
    public void The_rule_that_is_deployed_by_hand_is_the_one_that_setup_writes()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "TelemetryActors.sln")))
        {
            root = root.Parent;
        }

        using var document = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(root.FullName, "deploy", "s3-lifecycle.json")));
        var deployed = Assert.Single(document.RootElement.GetProperty("Rules").EnumerateArray().ToList());
        var written = TelemetryActors.Sinks.S3.Setup.RetentionRule.Of(new S3Options().Prefix, TelemetryActors.Sinks.S3.Setup.RetentionRule.DefaultDays);

        Assert.Equal(written.Id, deployed.GetProperty("ID").GetString());
        Assert.Equal(written.Status.Value, deployed.GetProperty("Status").GetString());
        Assert.Equal("diagnostics/", deployed.GetProperty("Filter").GetProperty("Prefix").GetString());
        Assert.Equal((30, written.Expiration.Days), (deployed.GetProperty("Expiration").GetProperty("Days").GetInt32(), written.Expiration.Days));
        Assert.Equal(written.NoncurrentVersionExpiration.NoncurrentDays, deployed.GetProperty("NoncurrentVersionExpiration").GetProperty("NoncurrentDays").GetInt32());
        Assert.Equal(written.AbortIncompleteMultipartUpload.DaysAfterInitiation, deployed.GetProperty("AbortIncompleteMultipartUpload").GetProperty("DaysAfterInitiation").GetInt32());
    }

    private static TelemetryOptions Named(Action<TelemetryOptions>? change = null)
    {
        var options = new TelemetryOptions().AddS3(s3 => s3.Bucket = "mine");
        change?.Invoke(options);
        return options;
    }

    private static IReadOnlyList<SinkDefinition> Sinks(TelemetryOptions options) =>
        SinkList.Of(options, null!, new DeviceIdentityFile(DiskFileSystem.Instance, "/nowhere", null));

    private static SettingSource Outside(params (string Name, string Text)[] texts) =>
        new(SettingOrigin.Environment, texts.Select(text => ($"Sinks:S3:{text.Name}", $"Sinks:S3:{text.Name}", text.Text)));
}
