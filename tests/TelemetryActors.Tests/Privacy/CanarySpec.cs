using System.Text.Json;
using System.Text.Json.Serialization;
using TelemetryActors.Recording;
using TelemetryActors.Runs;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using TelemetryActors.Tests.Client;
using Xunit;

namespace TelemetryActors.Tests.Privacy;

/// <summary>Sends secrets through every entry of a client and looks for them in every file and every request afterwards.</summary>
[Trait("Feature", "S0.29")]
[Trait("Feature", "S2.55")]
[Trait("Feature", "S2.56")]
[Trait("Feature", "S3.30")]
public sealed partial class CanarySpec : IDisposable
{
    private const string User = "user-canary-0815";

    // What each entry is given: an address, a number, a key, and a text that only its field's name betrays.
    private static readonly string[] Secrets = ["canary.bird@example.com", "4111 1111 1111 1111", "078-05-1120", "+49 171 3920099", "AK" + "IAQ7CANARY7CANARY7", "hunter2-canary"];

    private readonly ClientRig _rig = new();
    private readonly LoopbackHttpServer _server = new();

    private static string Sentence => $"mail {Secrets[0]} card {Secrets[1]} ssn {Secrets[2]} call {Secrets[3]} key {Secrets[4]} password={Secrets[5]} end";

    // Who decides may be an address, which stays (decision 125).
    private static string Keeper => $"keeper card {Secrets[1]} ssn {Secrets[2]} call {Secrets[3]} key {Secrets[4]} password={Secrets[5]} end";

    public void Dispose()
    {
        _server.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public async Task No_secret_that_is_given_to_a_client_is_in_any_file_or_request()
    {
        using (var telemetry = Start(tracksSessions: true))
        {
            telemetry.Consent.Deny(Keeper, Keeper);
            telemetry.Consent.Grant(Keeper, Keeper);
            Eventually.True(() => telemetry.Sinks.All(sink => sink.Name == "jsonl" || sink.Accounts.Count > 0));
            Sing(telemetry);
            telemetry.Command("http", SinkCommandKind.Resume, Keeper, Sentence);
            await Assert.ThrowsAsync<InvalidOperationException>(() => telemetry.RunAsync("canary", "thrown", _ => throw new InvalidOperationException(Sentence)));
            await telemetry.FlushAsync();
            Assert.True(await telemetry.FlushSinksAsync(Eventually.DefaultBound));
        }

        var files = Directory.EnumerateFiles(_rig.BaseDirectory, "*", SearchOption.AllDirectories).ToDictionary(path => path, File.ReadAllBytes);
        AssertSilent(files);
        AssertSilent(_server.Requests.Select((request, index) => (request, index)).ToDictionary(entry => $"{entry.request.Path} {entry.index}", entry => entry.request.Body));
        Assert.Equal(["/community", "/http", "/runs"], _server.Requests.Select(request => request.Path).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("field_canary", _rig.Names());
        Assert.Contains("session.start", _rig.Names());
        Assert.All(_rig.Events().Where(line => line.GetProperty("event").GetString() is "field_canary" or "session.start" or "run_commit" || line.GetProperty("event").GetString()!.StartsWith("sink_", StringComparison.Ordinal)), line =>
            Assert.StartsWith("agent of the options mail [REDACTED] card [REDACTED]", line.GetProperty("agent").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_stays_in_the_owners_log_and_goes_to_no_community()
    {
        using (var telemetry = Start())
        {
            telemetry.Consent.Grant("canary keeper");
            Eventually.True(() => telemetry.Sinks.All(sink => sink.Name == "jsonl" || sink.Accounts.Count > 0));
            telemetry.RecordFor(User, "login", ("host", "canary-host"), ("lat", 48.8566), ("path", "/home/canary-name/x"));
            Assert.True(await telemetry.FlushSinksAsync(Eventually.DefaultBound));
        }

        var community = System.Text.Encoding.UTF8.GetString(Assert.Single(_server.Requests, request => request.Path == "/community").Body);
        Assert.All(new[] { User, "canary-host", "48.85", "canary-name" }, secret => Assert.DoesNotContain(secret, community, StringComparison.Ordinal));
        Assert.Contains(_rig.Events(), line => line.TryGetProperty("user_id", out var user) && user.GetString() == User);
    }

    [Fact]
    [Trait("Feature", "S0.29")]
    public void No_secret_that_is_given_to_a_recorder_without_a_pipeline_is_in_its_file()
    {
        var path = Path.Combine(_rig.BaseDirectory, "alone.jsonl");
        var recorder = new FileRecorder(path, TimeProvider.System, DiskFileSystem.Instance);

        recorder.RecordFields("field_canary", new Dictionary<string, object?> { ["note"] = Sentence, ["password"] = Secrets[5] });
        recorder.RecordFields("dictionary_canary", new Dictionary<string, object?> { ["nested"] = new[] { Sentence }, ["apiKey"] = Secrets[5] });

        AssertSilent(new Dictionary<string, byte[]> { [path] = File.ReadAllBytes(path) });
        Assert.Equal(2, File.ReadLines(path).Count());
    }

    [Fact]
    public void Every_entry_that_records_is_given_secrets_here()
    {
        string[] sung = ["Record", "RecordAt", "RecordCommit", "RecordError", "RecordFields", "RecordFor", "RecordMetric", "RecordObject"];

        Assert.Equal(sung, new[] { typeof(TelemetryClient), typeof(TelemetryRun) }.SelectMany(type => type.GetMethods()).Select(method => method.Name)
            .Where(name => name.StartsWith("Record", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_entry_that_keeps_who_decides_is_given_secrets_here()
    {
        string[] sung = ["Command", "Deny", "Grant"];

        Assert.Equal(sung, typeof(TelemetryClient).Assembly.GetExportedTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.GetParameters().Any(parameter => parameter.Name == "who"))
            .Select(method => method.Name).Distinct().Order(StringComparer.Ordinal));
    }

    private static InvalidOperationException Broken() => new(Sentence, new IOException(Sentence));

    private static void Sing(TelemetryClient telemetry)
    {
        telemetry.Record("field_canary", ("note", Sentence), ("password", Secrets[5]), ("user_email", Secrets[0]));
        telemetry.Record(Sentence);
        telemetry.RecordAt("error", "level_canary", ("error", Sentence));
        telemetry.RecordAt(Secrets[0], "odd_level_canary");
        telemetry.RecordFor(User, "user_canary", ("note", Sentence));
        telemetry.RecordFields("dictionary_canary", new Dictionary<string, object?>
        {
            ["deep"] = new Dictionary<string, object?> { ["list"] = new object?[] { Sentence, 1 }, ["access_token"] = Secrets[5] },
            [Secrets[0]] = 1,
        });
        telemetry.RecordMetric(Secrets[0], 1, Sentence);
        telemetry.RecordError(Broken(), ("note", Sentence), ("password", Secrets[5]));
        telemetry.RecordCommit("20260301T120000Z-crawler-00000001", Sentence, new RunLabels { ["product"] = Sentence });
        telemetry.RecordObject("object_canary", new Song(Sentence, Secrets[5]), SongContext.Default.Song);
        telemetry.RecordObject("element_canary", JsonSerializer.SerializeToElement(new Song(Sentence, Secrets[5]), SongContext.Default.Song), SongContext.Default.JsonElement);

        using var run = telemetry.StartRun("agent of " + Secrets[0], Sentence, new RunLabels { ["product"] = Sentence });
        run.Record("run_canary", ("note", Sentence));
        run.RecordAt(Secrets[0], Sentence, ("note", Sentence));
        run.RecordFields("run_dictionary_canary", new Dictionary<string, object?> { ["note"] = Sentence });
        run.RecordObject("run_object_canary", new Song(Sentence, Secrets[5]), SongContext.Default.Song);
        run.RecordMetric(Sentence, 1, Secrets[0]);
        run.RecordError(Broken(), ("token", Secrets[5]));
        run.SetMetric("note", Sentence);
        run.SetMetric(Secrets[0], 1);
        run.SetMetric("token", Secrets[5]);
        run.ReportMetrics();
        run.End(new RunEnding(RunStatus.Failed) { Input = Sentence, Output = Sentence, Error = Sentence });
    }

    // Every text of the options that comes into an event, a report or what is kept for one.
    private TelemetryClient Start(bool tracksSessions = false) => _rig.Start(options =>
    {
        options.Agent = "agent of the options " + Sentence;
        options.TrackSessions = tracksSessions;
        options.Community.AppName = Secrets[0] + "'s program";
        options.Community.AppVersion = "1.0 for " + Secrets[0];
        options.EnableCommunity = true;
        options.AddHttp(new Uri(_server.Address, "http"));
        options.AddRunPosting(new Uri(_server.Address, "runs"));
        options.AddCommunity(community =>
        {
            community.Endpoint = new Uri(_server.Address, "community");
            community.SendEvents = true;
        });
    });

    // As they were written and as JSON or a file's name may have them.
    private static void AssertSilent(IReadOnlyDictionary<string, byte[]> places)
    {
        var singing = places.SelectMany(place => Secrets.Where(secret => Holds(place.Value, secret)).Select(secret => $"{place.Key}: {secret}")).ToList();

        Assert.NotEmpty(places);
        Assert.True(singing.Count == 0, string.Join('\n', singing));
    }

    private static bool Holds(byte[] bytes, string secret) =>
        new[] { secret, secret.Replace("+", "\\u002B", StringComparison.Ordinal), secret.Replace("@", "-", StringComparison.Ordinal) }
            .Any(form => bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(form)) >= 0);

    internal sealed record Song(string Note, string Password);

    [JsonSerializable(typeof(Song))]
    [JsonSerializable(typeof(JsonElement))]
    internal sealed partial class SongContext : JsonSerializerContext;
}
