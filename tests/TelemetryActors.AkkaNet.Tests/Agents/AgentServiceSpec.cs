using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

/// <summary>A service that is a member of the collectors' cluster, and a collector: two systems of this process, over loopback.</summary>
public sealed class AgentServiceSpec : IDisposable
{
    private readonly string _directory = TestFolder.Create();

    public void Dispose() => TestFolder.Delete(_directory);

    [Theory]
    [Trait("Feature", "SK.7")]
    [Trait("Feature", "SK.8")]
    [InlineData("a client of the system's own")]
    [InlineData("the host's own client")]
    [InlineData("both in one line")]
    public async Task What_a_service_records_while_it_ends_is_reported_before_it_leaves_the_cluster(string client)
    {
        using var collector = Build(akka => akka
            .AddHocon("akka.cluster.roles = [collector]", HoconAddMode.Prepend)
            .WithTelemetryActors(telemetry => telemetry.BaseDirectory = Path.Combine(_directory, "collector"))
            .WithTelemetryCollector());
        using var service = Service(client);
        await collector.StartAsync();
        await service.StartAsync();
        var seed = Cluster.Get(SystemOf(collector)).SelfAddress;
        Cluster.Get(SystemOf(collector)).Join(seed);
        Cluster.Get(SystemOf(service)).Join(seed);
        Eventually.True(() => CollectorsInSight.Find(SystemOf(service)).Region is not null);
        var telemetry = SystemTelemetry.For(SystemOf(service)).Client;
        var run = telemetry.StartRun("crawler", "nightly");
        Assert.Same(service.Services.GetService<TelemetryClient>() ?? telemetry, telemetry);
        Assert.True(await telemetry.FlushSinksAsync(Eventually.DefaultBound, "cluster"), telemetry.Sinks[1].ToString());

        run.End();
        await service.StopAsync();

        Assert.Contains(Logged("collector"), line => line.Contains("\"run_end\"") && line.Contains(run.Id));
        await collector.StopAsync();
    }

    [Fact]
    [Trait("Feature", "SK.7")]
    public async Task Beside_the_host_s_own_client_it_says_where_the_way_to_the_cluster_goes()
    {
        using var host = Build(akka => akka.WithTelemetryAgent(), services => services.AddTelemetryActors(telemetry => telemetry.RunOnActors().BaseDirectory = _directory));

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("services.AddTelemetryActors(t => t.RunOnActors().AddClusterOfService())", exception.Message);
        Assert.DoesNotContain("WithTelemetryActors", exception.Message);
    }

    private IHost Service(string client)
    {
        void OfHost(TelemetryOptions telemetry) => Configure(telemetry.RunOnActors().AddClusterOfService(Slowly));
        void Configure(TelemetryOptions telemetry) => telemetry.BaseDirectory = Path.Combine(_directory, "service");
        void Slowly(ClusterSinkOptions cluster) => cluster.FlushInterval = TimeSpan.FromHours(1);
        return client switch
        {
            "the host's own client" => Build(akka => akka.WithTelemetryAgent(), services => services.AddTelemetryActors(OfHost)),
            "both in one line" => new HostBuilder().ConfigureServices(services => services
                .AddAkkaTelemetryActors("fleet", akka => akka.AddHocon(SpecSettings.Member, HoconAddMode.Append).WithTelemetryAgent(), OfHost)).Build(),
            _ => Build(akka => akka.WithTelemetryAgent(Configure, Slowly)),
        };
    }

    private static IHost Build(Action<AkkaConfigurationBuilder> akka, Action<IServiceCollection>? others = null) => new HostBuilder()
        .ConfigureServices(services =>
        {
            others?.Invoke(services);
            services.AddAkka("fleet", builder => akka(builder.AddHocon(SpecSettings.Member, HoconAddMode.Append)));
        }).Build();

    private static ActorSystem SystemOf(IHost host) => host.Services.GetRequiredService<ActorSystem>();

    private IEnumerable<string> Logged(string node) => Directory.GetFiles(Path.Combine(_directory, node, "raw"), "*.ndjson").SelectMany(File.ReadLines);
}
