using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Events;
using TelemetryActors.Supervision;
using Xunit;

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

        var sent = await telemetry.Client.FlushSinksAsync(TimeSpan.FromSeconds(20), "mine");
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
    public async Task Last_words_of_services_that_end_before_the_system_are_kept_and_those_that_come_after_it_are_refused_and_counted()
    {
        var (earlier, later) = (new LastWords("earlier"), new LastWords("later"));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["TelemetryActors:BaseDirectory"] = _directory });
        builder.Services.AddTelemetryActors(telemetry => telemetry.RunOnActors());
        builder.Services.AddSingleton<IHostedService>(services => earlier.By(services));
        builder.Services.AddAkka("agents", akka => akka.WithTelemetryActors());
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
        Assert.Equal(new RunAnswer("r", null), await runs.Ask<RunAnswer>(new RunQuery("r"), TimeSpan.FromSeconds(20)));
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
}
