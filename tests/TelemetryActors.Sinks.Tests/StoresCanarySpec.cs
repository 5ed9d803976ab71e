using Amazon.Runtime;
using TelemetryActors.Processes;
using TelemetryActors.Sinks.S3;
using TelemetryActors.Sqlite;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Sinks.Tests;

/// <summary>Sends secrets through a client and looks for them in the store and in the bucket.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S3.30")]
public sealed class StoresCanarySpec : IDisposable
{
    private static readonly string[] Secrets = ["canary.bird@example.com", "4111 1111 1111 1111", "AK" + "IAQ7CANARY7CANARY7", "hunter2-canary"];

    private readonly StrictS3Server _server = new();
    private readonly string _base = Directory.CreateTempSubdirectory("telemetryactors-").FullName;

    private static string Sentence => $"mail {Secrets[0]} card {Secrets[1]} key {Secrets[2]} password={Secrets[3]} end";

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_base, recursive: true);
    }

    [Fact]
    public async Task No_secret_that_is_given_to_a_client_is_in_the_store_or_in_the_bucket()
    {
        await using (var telemetry = Start())
        {
            telemetry.Record("note_canary", ("note", Sentence), ("password", Secrets[3]));
            telemetry.RecordError(new InvalidOperationException(Sentence), ("note", Sentence));
            using (var run = telemetry.StartRun(Secrets[0], Sentence, new RunLabels { ["product"] = Sentence }))
            {
                run.SetMetric("note", Sentence);
                run.Fail(Sentence);
            }

            Assert.True(await telemetry.FlushSinksAsync(Eventually.DefaultBound));
        }

        AssertSilent("the store", [.. Directory.GetFiles(Path.Combine(_base, "db")).SelectMany(File.ReadAllBytes)]);
        AssertSilent("the bucket", [.. _server.Objects.Values.SelectMany(stored => S3.Gzip.Open(stored.Body))]);
    }

    private static void AssertSilent(string place, byte[] bytes)
    {
        Assert.True(bytes.AsSpan().IndexOf("note_canary"u8) >= 0, $"{place} holds no event");
        Assert.All(Secrets, secret => Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)) < 0, $"{place} holds {secret}"));
    }

    private TelemetryClient Start()
    {
        var options = new S3Options { Bucket = "mine", ServiceUrl = _server.Address };
        var bucket = S3Connection.Open(options, new BasicAWSCredentials(_server.Owner.AccessKey, _server.Owner.SecretKey));
        var uploads = S3SinkRegistration.Define(options, TelemetryPreset.Small, () => "device-1") with
        {
            Create = context => new S3Sink(options, () => bucket, "device-1", context.Time),
        };
        return TelemetryClient.Start(new TelemetryOptions { Agent = "canary of " + Sentence, BaseDirectory = _base, Preset = TelemetryPreset.Small, Variables = new Dictionary<string, string>() }
            .AddSqlite(sqlite => sqlite.Events = true)
            .AddSink(uploads));
    }
}
