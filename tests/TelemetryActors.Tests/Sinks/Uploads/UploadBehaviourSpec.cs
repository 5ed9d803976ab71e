using System.Text.Json;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.Community;
using TelemetryActors.Sinks.Http;
using TelemetryActors.Sinks.RunPosting;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Servers;
using Xunit;

namespace TelemetryActors.Tests.Sinks.Uploads;

/// <summary>What http upload, community reports and run posting do in the local engine against a real server that answers well, badly, late or not.</summary>
[Trait("Feature", "S1.15")]
[Trait("Feature", "S1.16")]
[Trait("Feature", "S1.17")]
public sealed class UploadBehaviourSpec : IDisposable
{
    // Less than a call may take: one that begins right behind the look at it is not out of time by a single step.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _base = Directory.CreateTempSubdirectory("uploads-");
    private readonly LoopbackHttpServer _server = new();
    private readonly MemoryEventSource _source = new();
    private readonly ManualTime _time = new();
    private volatile bool _hasConsent = true;
    private LocalEngine? _engine;

    public static TheoryData<string> Uploads => ["http", "community", "events", "runs"];

    public void Dispose()
    {
        _server.Dispose();
        _base.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    [Trait("Feature", "D.9")]
    public async Task Nothing_connects_before_consent_and_all_that_comes_after_it_does(string upload)
    {
        using var listener = new LoopbackListener();
        _hasConsent = false;
        await using var engine = Start(upload, listener.Address);
        Append(upload, 3);
        Eventually.True(() => Status(engine).Circuit is { IsMisconfigured: true, Cause: ConsentStore.MissingCause }, between: Advance);

        var before = listener.Connections;
        _hasConsent = true;
        Command(engine, SinkCommandKind.Reset);

        Eventually.True(() => listener.Connections > 0, between: Advance);
        Assert.Equal(0, before);
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task A_server_that_asks_to_wait_is_asked_again_after_it_and_nothing_is_lost(string upload)
    {
        var requests = 0;
        _server.Answer(_ => Interlocked.Increment(ref requests) == 1 ? new LoopbackAnswer(429, "30") : new LoopbackAnswer(200));
        await using var engine = Start(upload);
        Append(upload, 3);
        Eventually.Equal(1, () => _server.Requests.Count, Advance);
        var asked = _time.GetUtcNow();

        Eventually.Equal(3L, () => Settled(engine), Advance);

        Assert.True(_time.GetUtcNow() - asked >= TimeSpan.FromSeconds(29));
        Assert.Equal(_server.Requests[0].Body, _server.Requests[1].Body);
        Assert.Equal((0L, 0L, CircuitState.Closed), (Status(engine).Dropped, Status(engine).DeadLettered, Status(engine).Circuit.State));
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task A_broken_server_that_names_a_wait_each_time_costs_no_attempt_and_nothing_is_lost(string upload)
    {
        var requests = 0;
        _server.Answer(_ => Interlocked.Increment(ref requests) <= 5 ? new LoopbackAnswer(502, "30") : new LoopbackAnswer(200));
        await using var engine = Start(upload);
        Append(upload, 1);
        Eventually.Equal(1, () => _server.Requests.Count, Advance);
        var asked = _time.GetUtcNow();

        Eventually.Equal(1L, () => Settled(engine), Advance);

        Assert.True(_time.GetUtcNow() - asked >= TimeSpan.FromSeconds(5 * 29), (_time.GetUtcNow() - asked).ToString());
        Assert.Equal((6, 1L, 0L), (_server.Requests.Count, Status(engine).Delivered, Status(engine).Dropped));
        Assert.Equal(CircuitState.Closed, Status(engine).Circuit.State);
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    [Trait("Feature", "S1.18")]
    public async Task A_server_that_asks_to_wait_is_not_asked_sooner_by_the_next_process(string upload)
    {
        _server.AnswerWith(429, "3600");
        await using (Start(upload))
        {
            Append(upload, 3);
            Eventually.Equal(1, () => _server.Requests.Count, Advance);
            Eventually.True(() => Status(_engine!).LastError is not null);
        }

        var asked = _time.GetUtcNow();
        _server.AnswerWith(200);
        await using var next = Start(upload);
        Eventually.Equal(3L, () => Settled(next), () => Advance(Step));

        Assert.True(_time.GetUtcNow() - asked >= TimeSpan.FromSeconds(3500), (_time.GetUtcNow() - asked).ToString());
        Assert.Equal((upload == "runs" ? 4 : 2, 3L), (_server.Requests.Count, Status(next).Delivered));
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task A_wait_that_is_not_named_is_a_failure_and_tried_once_more(string upload)
    {
        var asked = 0;
        _server.Answer(_ => new LoopbackAnswer(Interlocked.Increment(ref asked) == 1 ? 429 : 200));
        await using var engine = Start(upload);

        Append(upload, 3);

        Eventually.Equal(3L, () => Settled(engine), Advance);
        Assert.Equal(0L, Status(engine).Dropped);
        Assert.Equal(_server.Requests[0].Body, _server.Requests[1].Body);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("events")]
    public async Task One_refused_event_is_found_and_set_aside_and_the_rest_arrives(string upload)
    {
        _server.Answer(request => new LoopbackAnswer(Text(request).Contains("\"n\":5", StringComparison.Ordinal) ? 400 : 200));
        await using var engine = Start(upload);

        Append(upload, 10);

        Eventually.Equal(10L, () => Settled(engine), Advance);
        Assert.Equal((9L, 1L, true), (Status(engine).Delivered, Status(engine).DeadLettered, Status(engine).Accounts.All(account => account.IsBalanced)));
        var letter = JsonDocument.Parse(Assert.Single(File.ReadAllLines(SinkPaths.DeadLetters(_base.FullName, Status(engine).Name)))).RootElement;
        Assert.Equal(("HTTP 400", 5), (letter.GetProperty("reason").GetString(), letter.GetProperty("event").GetProperty("details").GetProperty("n").GetInt32()));
        Assert.Equal(CircuitState.Closed, Status(engine).Circuit.State);
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task The_sixth_failure_opens_for_six_hours_and_then_one_probe_closes_it(string upload)
    {
        _server.AnswerWith(500);
        await using var engine = Start(upload);
        Eventually.True(() => Status(engine).Circuit.State == CircuitState.Open, between: () =>
        {
            // Uploads are discarded after two attempts: others must follow for six failures.
            Append(upload, Status(engine).Pending == 0 ? 1 : 0);
            Advance();
        });
        var opened = _time.GetUtcNow();
        var failed = _server.Requests.Count;
        _server.AnswerWith(200);

        _time.Advance(TimeSpan.FromHours(5.9));
        var whileOpen = _server.Requests.Count;
        Append(upload, 1);
        Eventually.True(() => Status(engine) is { Circuit.State: CircuitState.Closed, Pending: 0 }, between: () => Advance(Step));

        Assert.Equal((6, 6), (failed, whileOpen));
        Assert.True(_time.GetUtcNow() - opened >= TimeSpan.FromHours(5.9));
        Assert.All(Status(engine).Accounts, account => Assert.True(account.IsBalanced, account.ToString()));
        Assert.Equal(upload == "runs", Status(engine).Dropped == 0);
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task A_redirect_is_not_followed(string upload)
    {
        using var elsewhere = new LoopbackListener();
        _server.Answer(_ => new LoopbackAnswer(302, Location: elsewhere.Address.AbsoluteUri));
        await using var engine = Start(upload);

        Append(upload, 1);

        Eventually.True(() => Status(engine).Circuit is { IsMisconfigured: true, State: CircuitState.Open }, between: Advance);
        Assert.Contains("redirects are not followed", Status(engine).Circuit.Cause, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Connections);
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task A_server_that_does_not_answer_runs_out_of_time_and_is_asked_again(string upload)
    {
        await using var engine = Start(upload);
        using (_server.Hold())
        {
            Append(upload, 1);
            Eventually.Equal(1, () => _server.Requests.Count, Advance);
            Eventually.True(() => Status(engine).Circuit is { Cause: "timeout", FailuresInARow: > 0 }, between: () => _time.Advance(TimeSpan.FromSeconds(1)));
        }

        Eventually.Equal(1L, () => Settled(engine), Advance);
        Assert.Equal((1L, 0L), (Status(engine).Delivered, Status(engine).Dropped));
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task A_connection_that_is_reset_is_a_failure_like_any_other(string upload)
    {
        using var listener = new LoopbackListener();
        await using var engine = Start(upload, listener.Address);

        Append(upload, 1);

        Eventually.True(() => Status(engine).Circuit is { FailuresInARow: > 0, Cause: { } cause } && cause.StartsWith("network", StringComparison.Ordinal), between: Advance);
    }

    private LocalEngine Start(string upload, Uri? endpoint = null)
    {
        var sources = new[] { _source };
        var engine = new LocalEngine(new PipelineDefinition([Quick(Define(upload, endpoint ?? _server.Address))]), new EngineEnvironment
        {
            BaseDirectory = _base.FullName,
            Sources = () => sources,
            Signal = _source,
            Raise = _ => { },
            Time = _time,
            Jitter = () => 0,
        });
        engine.Start();
        _engine = engine;
        return engine;
    }

    // A report an hour is as good as one a second here.
    private static SinkDefinition Quick(SinkDefinition sink) => sink with { StartsAtTail = false, Policy = sink.Policy with { FlushInterval = TimeSpan.FromSeconds(1) } };

    private SinkDefinition Define(string upload, Uri endpoint) => upload switch
    {
        "http" => HttpSinkRegistration.Define(new HttpSinkOptions { Endpoint = endpoint, HasConsent = () => _hasConsent }),
        "runs" => RunPostingRegistration.Define(new RunPostingOptions { Endpoint = endpoint }, () => _hasConsent),
        _ => CommunitySinkRegistration.Define(new CommunitySinkOptions(
            endpoint, () => _hasConsent, new DeviceIdentityFile(DiskFileSystem.Instance, _base.FullName, null), new AppRegistry(DiskFileSystem.Instance, _base.FullName))
        {
            SendsEvents = upload == "events",
        }),
    };

    private void Append(string upload, int events)
    {
        for (var count = 0; count < events; count++)
        {
            var number = _source.Tail.Ordinal;
            _source.Append(upload == "runs"
                ? System.Text.Encoding.UTF8.GetBytes($"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"run_end\",\"details\":{{\"status\":\"success\",\"n\":{number}}},\"run_id\":\"run-{number}\"}}")
                : Lines.Event(number));
        }
    }

    // Not while a call is under way: on a busy machine it would run out of a time that nobody waited.
    private void Advance() => Advance(TimeSpan.FromSeconds(1));

    private void Advance(TimeSpan by)
    {
        if (_engine is { } engine && !Status(engine).IsBusy)
        {
            _time.Advance(by);
        }
    }

    private static void Command(LocalEngine engine, SinkCommandKind kind) =>
        engine.Command(Status(engine).Name, new SinkCommand(kind, "spec", DateTimeOffset.UnixEpoch, null));

    private static SinkStatus Status(LocalEngine engine) => engine.Statuses[0];

    private static long Settled(LocalEngine engine) => Status(engine).Delivered + Status(engine).DeadLettered + Status(engine).Dropped;

    private static string Text(LoopbackRequest request) => System.Text.Encoding.UTF8.GetString(request.Body);
}
