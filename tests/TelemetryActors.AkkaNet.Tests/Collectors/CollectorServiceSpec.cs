using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TelemetryActors.AkkaNet.Collectors;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.AkkaNet.Tests.Agents;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;
using RunLines = TelemetryActors.AkkaNet.Tests.Runs.RunLines;

namespace TelemetryActors.AkkaNet.Tests.Collectors;

/// <summary>A collector inside a service of one's own, with the settings that come with it and no others.</summary>
public sealed class CollectorServiceSpec : IDisposable
{
    private const string Collector = "akka.cluster.roles = [collector]";

    private readonly string _directory = TestFolder.Create();

    public void Dispose() => TestFolder.Delete(_directory);

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_run_that_was_open_is_remembered_by_the_next_start_and_closed_by_its_lease()
    {
        using (var first = Build(Collector, lease: TimeSpan.FromHours(1)))
        {
            await StartAsync(first);
            var runs = first.Services.GetRequiredService<IRequiredActor<RunsKey>>().ActorRef;
            var line = System.Text.Encoding.UTF8.GetBytes(RunLines.Start(1) + "\n");
            Assert.IsType<RunBatchTaken>(await runs.Ask<object>(new RunBatch(RunLines.Run, 1, line, 1), Eventually.DefaultBound));
            await first.StopAsync();
        }

        using var second = Build(Collector, lease: TimeSpan.FromSeconds(1));
        await StartAsync(second);

        Eventually.True(() => Logged().Any(logged => logged.Contains("\"run_end\"") && logged.Contains("abandoned")));
        Assert.False(Directory.Exists("snapshots"));
        await second.StopAsync();
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_service_that_lacks_what_only_its_owner_can_say_does_not_start_and_names_all_of_it()
    {
        using var host = Build("akka.cluster.seed-nodes = [\"akka.tcp://fleet@127.0.0.1:4053\"]", lease: TimeSpan.FromHours(1));

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("akka.cluster.roles lacks \"collector\"", exception.Message);
        Assert.Contains("telemetryactors.journal and telemetryactors.snapshot-store lack connection-string", exception.Message);
        await SystemOf(host).Terminate();
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_service_keeps_the_settings_of_its_own_shards_and_what_it_sets_for_runs_wins()
    {
        using var host = Build(Collector + "\nakka.cluster.sharding.state-store-mode = persistence\ntelemetryactors.sharding.buffer-size = 77", lease: TimeSpan.FromHours(1));
        await StartAsync(host);
        var system = SystemOf(host);

        var own = ClusterShardingSettings.Create(system);
        var runs = CollectorSettings.Sharding(system, new RunSettings());

        Assert.Equal((StateStoreMode.Persistence, 77), (own.StateStoreMode, runs.TuningParameters.BufferSize));
        Assert.Equal(
            (StateStoreMode.DData, RememberEntitiesStore.Eventsourced, RunJournal.JournalPlugin, RunJournal.SnapshotPlugin),
            (runs.StateStoreMode, runs.RememberEntitiesStore, runs.JournalPluginId, runs.SnapshotPluginId));
        Assert.Equal("collector", system.Settings.Config.GetString("akka.cluster.split-brain-resolver.keep-majority.role"));
        await host.StopAsync();
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("akka.persistence.journal-plugin-fallback")]
    [InlineData("akka.cluster.sharding.guardian-name")]
    [InlineData("akka.cluster.singleton.singleton-name")]
    [InlineData("akka.cluster.distributed-data.name")]
    public async Task The_settings_of_what_it_loads_are_there_before_the_system_is_and_no_thread_adds_them_while_another_does(string path)
    {
        var isThere = false;
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddAkka("fleet", akka => akka
                .AddHocon(Collector, HoconAddMode.Prepend)
                .AddHocon(SpecSettings.Member, HoconAddMode.Append)
                .StartActors((system, _) => isThere = system.Settings.Config.HasPath(path))
                .WithTelemetryActors(telemetry => telemetry.BaseDirectory = _directory)
                .WithTelemetryCollector()))
            .Build();

        await StartAsync(host);

        Assert.True(isThere);
        await host.StopAsync();
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task Runs_go_to_the_other_collector_and_come_back_while_both_systems_go_on()
    {
        using var one = Build(Collector, lease: TimeSpan.FromHours(1), "one");
        using var two = Build(Collector, lease: TimeSpan.FromHours(1), "two");
        await StartAsync(one);
        await two.StartAsync();
        await Cluster.Get(SystemOf(two)).JoinAsync(Cluster.Get(SystemOf(one)).SelfAddress);
        var (system, time, state) = (SystemOf(one), new ManualTime(), CircuitState.Closed);
        var region = ClusterSharding.Get(system).ShardRegion(RunMessageExtractor.Region);
        var collector = system.ActorOf(CollectorActor.Props(CollectorSite.Of(system, SystemTelemetry.For(system), region) with
        {
            Log = () => SystemTelemetry.For(system).Client.Sinks[0] with { Circuit = new CircuitRecord { State = state }, Accounts = [] },
            Period = TimeSpan.FromMilliseconds(50),
            Time = time,
        }));
        Take(collector, 1);

        state = CircuitState.Open;
        Eventually.True(() => !IsHosting(system), between: () => time.Advance(TimeSpan.FromMilliseconds(100)));
        Take(collector, 2);
        state = CircuitState.Closed;
        Eventually.True(() => IsHosting(system), between: () => time.Advance(TimeSpan.FromMilliseconds(100)));
        Take(collector, 3);

        Assert.False(system.WhenTerminated.IsCompleted);
        Assert.Equal(MemberStatus.Up, Cluster.Get(system).SelfMember.Status);
        await two.StopAsync();
        await one.StopAsync();
    }

    private static bool IsHosting(ActorSystem system) => ClusterSharding.Get(system).ShardTypeNames.Contains(RunMessageExtractor.Region);

    // Ten runs, so that both collectors have some. What is told while its shard moves is told again, as agents do.
    private static void Take(IActorRef collector, int turn)
    {
        for (var run = 0; run < 10; run++)
        {
            var batch = new RunBatch($"run-{run}", turn, AgentLine.Of($"run-{run}", turn), 1);
            object answer = "";
            Eventually.True(() => (answer = Answer(collector, batch)) is RunBatchTaken, () => answer);
        }
    }

    private static object Answer(IActorRef collector, RunBatch batch)
    {
        try
        {
            return collector.Ask<object>(batch, TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();
        }
        catch (AskTimeoutException exception)
        {
            return exception;
        }
    }

    private IHost Build(string own, TimeSpan lease, string directory = "") => new HostBuilder()
        .ConfigureServices(services => services.AddAkka("fleet", akka => akka
            .AddHocon(own, HoconAddMode.Prepend)
            .AddHocon(SpecSettings.Member, HoconAddMode.Append)
            .WithTelemetryActors(telemetry =>
            {
                telemetry.BaseDirectory = Path.Combine(_directory, directory);
                telemetry.RunLease = lease;
            })
            .WithTelemetryCollector(collector => collector.HandsOver = directory.Length == 0)))
        .Build();

    private static async Task StartAsync(IHost host)
    {
        await host.StartAsync();
        var cluster = Cluster.Get(SystemOf(host));
        cluster.Join(cluster.SelfAddress);
        Eventually.True(() => cluster.SelfMember.Status == MemberStatus.Up);
    }

    private static ActorSystem SystemOf(IHost host) => host.Services.GetRequiredService<ActorSystem>();

    private IEnumerable<string> Logged() => Directory.GetFiles(Path.Combine(_directory, "raw"), "*.ndjson").SelectMany(File.ReadLines);
}
