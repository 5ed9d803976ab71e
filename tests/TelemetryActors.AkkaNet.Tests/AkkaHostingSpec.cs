using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Configuration;
using TelemetryActors.Events;
using TelemetryActors.Recording;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class AkkaHostingSpec : IDisposable
{
    private readonly string _directory = TestFolder.Create();

    public void Dispose() => TestFolder.Delete(_directory);

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task A_service_of_actors_records_with_one_line_and_its_sinks_and_its_event_log_get_all()
    {
        var sink = new TextSink();
        using var host = new HostBuilder()
            .ConfigureServices(services => services
                .AddAkka("agents", akka => akka.WithTelemetryActors(telemetry =>
                {
                    telemetry.BaseDirectory = _directory;
                    telemetry.Sinks.Add(EngineRig.Define("mine", sink));
                }))
                .AddHealthChecks().AddAkkaTelemetryActors())
            .Build();
        await host.StartAsync();
        var telemetry = SystemTelemetry.For(host.Services.GetRequiredService<ActorSystem>());

        for (var number = 0; number < 100; number++)
        {
            telemetry.Client.Record("counted", ("n", number));
        }

        var sent = await telemetry.Client.FlushSinksAsync(Eventually.DefaultBound, "mine");
        var flushed = await telemetry.Client.FlushAsync();
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        await host.StopAsync();
        Assert.Equal(HealthStatus.Healthy, health.Entries["telemetry"].Status);
        Assert.True(sent);
        Assert.True(flushed.IsDurable, flushed.ToString());
        Assert.Equal(100, Directory.GetFiles(Path.Combine(_directory, "raw")).SelectMany(File.ReadLines).Count(line => line.Contains("\"counted\"")));
        Assert.Equal(100, sink.Lines.Count(line => line.Contains("\"counted\"")));
        Assert.All(telemetry.Client.Sinks, status => Assert.Equal(CircuitState.Closed, status.Circuit.State));
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    [Trait("Feature", "SK.9")]
    public async Task The_host_s_own_client_runs_on_its_actors_and_its_health_is_reported()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["TelemetryActors:BaseDirectory"] = _directory,
            ["TelemetryActors:RunLease"] = "00:07:00",
        });
        builder.Services.AddTelemetryActors(telemetry => telemetry.RunOnActors()).AddAkka("agents", akka => akka.WithTelemetryActors());
        builder.Services.AddHealthChecks().AddTelemetryActors();
        using var host = builder.Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<TelemetryClient>();

        client.Record("counted");
        var flushed = await client.FlushAsync();
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Same(client, SystemTelemetry.For(host.Services.GetRequiredService<ActorSystem>()).Client);
        Assert.IsType<AkkaEngine>(client.Pipeline.Engine);
        Assert.Equal((_directory, "7m"), (client.BaseDirectory, client.GetConfig()["runLease"].Value));
        Assert.True(flushed.IsDurable, flushed.ToString());
        Assert.Equal(HealthStatus.Healthy, health.Status);
        await host.StopAsync();
        Assert.False(client.Record("late").IsAccepted);
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task One_line_gives_the_host_its_client_on_its_actors()
    {
        var (sink, builder) = (new TextSink(), Host.CreateEmptyApplicationBuilder(null));
        builder.Services.AddAkkaTelemetryActors(
            "agents",
            akka => akka.AddHocon("akka.loglevel = OFF", HoconAddMode.Prepend),
            telemetry =>
            {
                telemetry.BaseDirectory = _directory;
                telemetry.Sinks.Add(EngineRig.Define("mine", sink));
            });
        using var host = builder.Build();
        await host.StartAsync();

        var client = host.Services.GetRequiredService<TelemetryClient>();
        host.Services.GetRequiredService<IRecorder>().RecordFields("counted");
        var sent = await client.FlushSinksAsync(Eventually.DefaultBound, "mine");

        Assert.True(sent);
        Assert.Contains(sink.Lines, line => line.Contains("\"counted\""));
        Assert.IsType<AkkaEngine>(client.Pipeline.Engine);
        Assert.Same(client, SystemTelemetry.For(host.Services.GetRequiredService<ActorSystem>()).Client);
        await host.StopAsync();
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task Last_words_of_services_that_end_before_the_system_are_kept_and_those_that_come_after_it_are_refused_and_counted()
    {
        var (earlier, later) = (new LastWords("earlier"), new LastWords("later"));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["TelemetryActors:BaseDirectory"] = _directory });
        builder.Services.AddTelemetryActors(telemetry =>
        {
            telemetry.ShutdownBudget = Eventually.DefaultBound;
            telemetry.RunOnActors();
        });
        builder.Services.AddSingleton<IHostedService>(services => earlier.By(services));
        builder.Services.AddAkka("agents", akka => akka.AddHocon(SpecSettings.PatientEnd, HoconAddMode.Prepend).WithTelemetryActors());
        builder.Services.AddSingleton<IHostedService>(services => later.By(services));
        using var host = builder.Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<TelemetryClient>();

        await host.StopAsync();

        Assert.Equal((DropReason.Disabled, DropReason.None), (earlier.Result.Reason, later.Result.Reason));
        Assert.True(client.Refused[DropReason.Disabled] >= 1);
        Assert.Contains(Directory.GetFiles(Path.Combine(_directory, "raw")).SelectMany(File.ReadLines), line => line.Contains("\"later\""));
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task What_actors_record_when_they_are_stopped_with_their_system_is_in_the_event_log()
    {
        const int actors = 50;
        var results = new ConcurrentQueue<RecordResult>();
        using var host = Build(akka => akka
            .AddHocon(SpecSettings.PatientEnd, HoconAddMode.Prepend)
            .WithTelemetryActors(telemetry => (telemetry.BaseDirectory, telemetry.ShutdownBudget) = (_directory, Eventually.DefaultBound))
            .WithActors((system, _) =>
            {
                for (var number = 0; number < actors; number++)
                {
                    system.ActorOf(Props.Create(() => new LastWordsOfActor(SystemTelemetry.For(system).Client, results)));
                }
            }));
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        var client = SystemTelemetry.For(system).Client;
        client.Record("first");
        Assert.True((await client.FlushAsync()).IsDurable);

        await system.Terminate();

        Assert.Equal(actors, results.Count(result => result.IsAccepted));
        Assert.Equal(actors, Directory.GetFiles(Path.Combine(_directory, "raw")).SelectMany(File.ReadLines).Count(line => line.Contains("\"actor_stopped\"")));
        Assert.False(client.Record("late").IsAccepted);
        Assert.Equal(0, client.Pipeline.Left.Kept);
        await host.StopAsync();
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task One_line_takes_the_settings_of_the_host_too()
    {
        using var host = new HostBuilder()
            .ConfigureAppConfiguration(configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["TelemetryActors:BaseDirectory"] = _directory }))
            .ConfigureServices(services => services.AddAkka("agents", akka => akka.WithTelemetryActors()))
            .Build();
        await host.StartAsync();

        var client = SystemTelemetry.For(host.Services.GetRequiredService<ActorSystem>()).Client;

        Assert.Equal(_directory, client.BaseDirectory);
        await host.StopAsync();
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    [Trait("Feature", "SK.9")]
    public async Task The_registry_holds_who_stands_for_telemetry_and_runs()
    {
        using var host = Build(akka => akka.WithTelemetryActors(telemetry => telemetry.BaseDirectory = _directory));
        await host.StartAsync();

        var guardian = host.Services.GetRequiredService<IRequiredActor<TelemetryKey>>().ActorRef;
        var runs = host.Services.GetRequiredService<IRequiredActor<RunsKey>>().ActorRef;

        Assert.Equal("/user/telemetry", guardian.Path.ToStringWithoutAddress());
        Assert.Equal(new RunAnswer("r", null), await runs.Ask<RunAnswer>(new RunQuery("r"), Eventually.DefaultBound));
        await host.StopAsync();
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task A_second_call_stops_the_host_and_says_so()
    {
        using var host = Build(akka => akka
            .WithTelemetryActors(telemetry => telemetry.BaseDirectory = _directory)
            .WithTelemetryActors(telemetry => telemetry.BaseDirectory = _directory));

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("WithTelemetryActors was called twice", exception.Message);
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task A_host_s_client_on_threads_is_not_taken_for_one_on_actors()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTelemetryActors(telemetry => telemetry.BaseDirectory = _directory).AddAkka("agents", akka => akka.WithTelemetryActors());
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("services.AddTelemetryActors(t => t.RunOnActors())", exception.Message);
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task A_client_on_actors_in_a_host_without_an_actor_system_says_what_to_write()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTelemetryActors(telemetry => telemetry.RunOnActors());
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("akka => akka.WithTelemetryActors()", exception.Message);
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task A_collector_or_an_agent_without_a_cluster_says_what_is_missing()
    {
        using var collector = Build(akka => akka.WithTelemetryActors(telemetry => telemetry.BaseDirectory = Path.Combine(_directory, "collector")).WithTelemetryCollector());
        using var agent = Build(akka => akka.WithTelemetryAgent(telemetry => telemetry.BaseDirectory = Path.Combine(_directory, "agent")));

        var ofCollector = await Assert.ThrowsAsync<InvalidOperationException>(() => collector.StartAsync());
        var ofAgent = await Assert.ThrowsAsync<InvalidOperationException>(() => agent.StartAsync());

        Assert.Contains("WithClustering", ofCollector.Message);
        Assert.Contains("WithClustering", ofAgent.Message);
    }

    [Fact]
    [Trait("Feature", "SK.6")]
    [Trait("Feature", "SK.7")]
    public async Task A_system_that_serializes_what_makes_its_actors_gets_its_telemetry_and_its_runs()
    {
        using var host = Build(akka => akka
            .AddHocon("akka.actor.serialize-creators = on", HoconAddMode.Prepend)
            .WithTelemetryActors(telemetry => telemetry.BaseDirectory = _directory));
        await host.StartAsync();
        var telemetry = SystemTelemetry.For(host.Services.GetRequiredService<ActorSystem>());

        using (var run = telemetry.Client.StartRun("agents", "nightly"))
        {
            run.Record("counted");
        }

        var batch = new RunBatch("run-1", 1, Agents.AgentLine.Of("run-1", 1), 1);
        Assert.True((await telemetry.Client.FlushAsync()).IsDurable);
        Assert.IsType<RunBatchTaken>(await telemetry.Guardian.Ask<object>(batch, Eventually.DefaultBound));
        await host.StopAsync();
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task The_end_of_a_system_that_ends_without_a_coordinated_shutdown_is_blamed_on_nobody()
    {
        var system = ActorSystem.Create("agents", ConfigurationFactory.ParseString("akka.coordinated-shutdown.run-by-actor-system-terminate = off").WithFallback(SpecSettings.Quiet));
        var client = TelemetryClient.Start("agents", telemetry =>
        {
            telemetry.BaseDirectory = _directory;
            telemetry.RunOnActors(system);
        });
        Assert.True((await client.FlushAsync()).IsDurable);

        await system.Terminate();
        await client.DisposeAsync();

        Assert.DoesNotContain("somebody stopped", client.Sinks[0].LastError ?? "", StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task Two_hosts_of_one_process_have_a_telemetry_each()
    {
        using var first = Build(akka => akka.WithTelemetryActors(telemetry => telemetry.BaseDirectory = Path.Combine(_directory, "first")));
        using var second = Build(akka => akka.WithTelemetryActors(telemetry => telemetry.BaseDirectory = Path.Combine(_directory, "second")));
        await first.StartAsync();
        await second.StartAsync();
        var clients = new[] { first, second }.Select(host => SystemTelemetry.For(host.Services.GetRequiredService<ActorSystem>()).Client).ToList();

        clients.ForEach(client => client.Record("counted"));

        Assert.All(clients, client => Assert.True(client.FlushAsync().AsTask().GetAwaiter().GetResult().IsDurable));
        await first.StopAsync();
        Assert.True(clients[1].Record("counted").IsAccepted);
        await second.StopAsync();
        Assert.All(new[] { "first", "second" }, name => Assert.NotEmpty(Directory.GetFiles(Path.Combine(_directory, name, "raw"), "*.ndjson")));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task Before_the_system_has_its_telemetry_and_after_its_end_the_host_is_unhealthy_and_nothing_throws()
    {
        using var host = new HostBuilder()
            .ConfigureServices(services => services
                .AddAkka("agents", akka => akka.WithTelemetryActors(telemetry => telemetry.BaseDirectory = _directory))
                .AddHealthChecks().AddAkkaTelemetryActors())
            .Build();
        var checks = host.Services.GetRequiredService<HealthCheckService>();

        var before = await checks.CheckHealthAsync();
        await host.StartAsync();
        var running = await checks.CheckHealthAsync();
        await host.StopAsync();
        var after = await checks.CheckHealthAsync();

        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Healthy, HealthStatus.Unhealthy), (before.Status, running.Status, after.Status));
        Assert.Contains("no telemetry yet", before.Entries["telemetry"].Description);
        Assert.Equal("The telemetry has ended.", after.Entries["telemetry"].Description);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task A_host_whose_event_log_stands_still_is_unhealthy_whatever_keeps_it()
    {
        var time = new ManualTime();
        using var host = new HostBuilder()
            .ConfigureServices(services => services
                .AddAkka("agents", akka => akka
                    .AddHocon("akka.stream.materializer.dispatcher = nosuch", HoconAddMode.Prepend)
                    .WithTelemetryActors(telemetry => (telemetry.BaseDirectory, telemetry.Time) = (_directory, time)))
                .AddHealthChecks().AddAkkaTelemetryActors())
            .Build();
        await host.StartAsync();
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        SystemTelemetry.For(host.Services.GetRequiredService<ActorSystem>()).Client.Record("counted");

        Eventually.Equal(HealthStatus.Unhealthy, () => checks.CheckHealthAsync().GetAwaiter().GetResult().Status, () => time.Advance(TimeSpan.FromSeconds(1)));

        Assert.Contains("The event log has not moved for", (await checks.CheckHealthAsync()).Entries["telemetry"].Description);
        await host.StopAsync();
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public async Task A_host_whose_telemetry_a_stranger_has_stopped_is_unhealthy_and_says_why()
    {
        using var host = new HostBuilder()
            .ConfigureServices(services => services
                .AddAkka("agents", akka => akka.WithTelemetryActors(telemetry => telemetry.BaseDirectory = _directory))
                .AddHealthChecks().AddAkkaTelemetryActors())
            .Build();
        await host.StartAsync();
        var checks = host.Services.GetRequiredService<HealthCheckService>();

        host.Services.GetRequiredService<IRequiredActor<TelemetryKey>>().ActorRef.Tell(PoisonPill.Instance);

        Eventually.Equal(HealthStatus.Unhealthy, () => checks.CheckHealthAsync().GetAwaiter().GetResult().Status);
        Assert.Contains("/user/telemetry, the root of the telemetry's actors", (await checks.CheckHealthAsync()).Entries["telemetry"].Description);
        await host.StopAsync();
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task Who_asks_for_the_telemetry_before_its_turn_is_told_about_the_order()
    {
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddAkka("agents", akka => akka
                .WithTelemetryCollector()
                .WithTelemetryActors(telemetry => telemetry.BaseDirectory = _directory)))
            .Build();

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => host.StartAsync());

        Assert.Contains("call WithTelemetryActors before", exception.Message);
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task What_fails_inside_the_telemetry_stands_in_the_host_s_log_and_reaches_the_service_s_listener_too()
    {
        var (log, told) = (new LogOfTheHost(), new ConcurrentQueue<TelemetryFailure>());
        using var host = new HostBuilder()
            .ConfigureServices(services => services
                .AddLogging(logging => logging.AddProvider(log))
                .AddAkka("agents", akka => akka.WithTelemetryActors(telemetry =>
                {
                    telemetry.BaseDirectory = _directory;
                    telemetry.OnFailure = told.Enqueue;
                    telemetry.Outside = [new SettingSource(SettingOrigin.AppSettings, [("TelemetryActors:RunLease", "RunLease", "banana")])];
                })))
            .Build();

        await host.StartAsync();
        Eventually.True(() => !told.IsEmpty && log.Lines.Any(line => line.Contains("banana")), () => string.Join('\n', log.Lines));
        await host.StopAsync();

        Assert.All(log.Lines.Where(line => line.Contains("banana")), line => Assert.StartsWith("TelemetryActors Warning", line));
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task A_system_that_serializes_every_message_to_verify_it_keeps_its_telemetry()
    {
        using var host = Build(akka => akka
            .AddHocon("akka.actor.serialize-messages = on", HoconAddMode.Prepend)
            .WithTelemetryActors(telemetry =>
            {
                telemetry.BaseDirectory = _directory;
                telemetry.Sinks.Add(EngineRig.Define("mine", new TextSink()));
            }));
        await host.StartAsync();
        var client = SystemTelemetry.For(host.Services.GetRequiredService<ActorSystem>()).Client;
        var run = client.StartRun("spec", "job");
        client.Record("counted");

        var flushed = await client.FlushAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        var sent = await client.FlushSinksAsync(Eventually.DefaultBound);
        var answer = await host.Services.GetRequiredService<IRequiredActor<RunsKey>>().ActorRef.Ask<RunAnswer>(new RunQuery(run.Id), Eventually.DefaultBound);
        run.End();
        await host.StopAsync();

        Assert.True(flushed.IsDurable, flushed.ToString());
        Assert.True(sent);
        Assert.Equal("job", answer.Record?.JobType);
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task An_ordinary_life_of_a_service_leaves_no_dead_letter_and_no_message_that_nobody_understands()
    {
        using var host = Build(akka => akka.AddHocon(SpecSettings.PatientEnd, HoconAddMode.Prepend).WithTelemetryActors(telemetry =>
        {
            telemetry.BaseDirectory = _directory;

            // On a starved machine the runs' journal would be given up before it has answered, and answer then.
            telemetry.ShutdownBudget = Eventually.DefaultBound;
            telemetry.Sinks.Add(EngineRig.Define("mine", new TextSink()));
        }));
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        var heard = new Heard(system);
        system.EventStream.Subscribe(heard, typeof(DeadLetter));
        system.EventStream.Subscribe(heard, typeof(UnhandledMessage));
        var client = SystemTelemetry.For(system).Client;

        using (var run = client.StartRun("spec", "job"))
        {
            run.Record("counted");
            run.End();
        }

        Assert.True(await client.FlushSinksAsync(Eventually.DefaultBound));
        await host.StopAsync();

        // What is said to an actor of the telemetry, or by one.
        Assert.DoesNotContain(heard.Messages, message => message.ToString()!.Contains("/user/telemetry", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "SK.5")]
    public async Task Actors_of_a_service_s_telemetry_that_somebody_stops_come_back_and_nothing_is_lost()
    {
        var sink = new TextSink();
        using var host = Build(akka => akka.WithTelemetryActors(telemetry =>
        {
            telemetry.BaseDirectory = _directory;
            telemetry.Sinks.Add(EngineRig.Define("mine", sink));
        }));
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        var client = SystemTelemetry.For(system).Client;
        string[] paths = ["buffer", "sink-mine", "sink-mine/sink", "sink-mine/files", "runs", "writer-slots", "sink-jsonl", "sink-jsonl/sink", "sink-jsonl/files"];

        foreach (var path in paths)
        {
            client.Record("counted", ("before", path));
            system.ActorSelection("/user/telemetry/" + path).Tell(PoisonPill.Instance);
            client.Record("counted", ("after", path));
            var flushed = await client.FlushAsync();
            Assert.True(flushed.IsDurable, $"{path}: {flushed}");
            Assert.True(await client.FlushSinksAsync(Eventually.DefaultBound), path);
        }

        await host.StopAsync();
        Assert.Equal(2 * paths.Length, sink.Lines.Where(line => line.Contains("\"counted\"")).Distinct().Count());
        Assert.Equal(2 * paths.Length, Directory.GetFiles(Path.Combine(_directory, "raw")).SelectMany(File.ReadLines).Count(line => line.Contains("\"counted\"")));
    }

    private static IHost Build(Action<AkkaConfigurationBuilder> akka) =>
        new HostBuilder().ConfigureServices(services => services.AddAkka("agents", akka)).Build();

    /// <summary>A service of the host that records while it ends.</summary>
    private sealed class LastWords(string name) : IHostedService
    {
        private TelemetryClient? _client;

        public RecordResult Result { get; private set; }

        public LastWords By(IServiceProvider services)
        {
            _client = services.GetRequiredService<TelemetryClient>();
            return this;
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Result = _client!.Record(name);
            return Task.CompletedTask;
        }
    }

    /// <summary>An actor of the host that records when it is stopped, and does not wait for a log that nobody writes any more.</summary>
    private sealed class LastWordsOfActor(TelemetryClient client, ConcurrentQueue<RecordResult> results) : ReceiveActor
    {
        protected override void PostStop()
        {
            using var run = client.StartRun("shop", "order");
            results.Enqueue(client.Record("actor_stopped"));
            client.FlushAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        }
    }

    /// <summary>Collects what a system says on its event stream, on whatever thread, until its very end.</summary>
    private sealed class Heard(ActorSystem system) : MinimalActorRef
    {
        public ConcurrentQueue<object> Messages { get; } = new();

        public override ActorPath Path { get; } = system.DeadLetters.Path / "heard";

        public override IActorRefProvider Provider { get; } = ((ExtendedActorSystem)system).Provider;

        protected override void TellInternal(object message, IActorRef sender) => Messages.Enqueue(message);
    }

    /// <summary>A log that remembers category, level and text of its lines.</summary>
    private sealed class LogOfTheHost : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{category} {logLevel} {formatter(state, exception)}");
        }
    }
}
