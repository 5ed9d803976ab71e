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

    [Fact]
    [Trait("Feature", "SK.7")]
    [Trait("Feature", "SK.8")]
    public async Task What_a_service_records_while_it_ends_is_reported_before_it_leaves_the_cluster()
    {
        using var collector = Build(akka => akka
            .AddHocon("akka.cluster.roles = [collector]", HoconAddMode.Prepend)
            .WithTelemetryActors(telemetry => telemetry.BaseDirectory = Path.Combine(_directory, "collector"))
            .WithTelemetryCollector());
        using var service = Build(akka => akka.WithTelemetryAgent(
            telemetry => telemetry.BaseDirectory = Path.Combine(_directory, "service"), cluster => cluster.FlushInterval = TimeSpan.FromHours(1)));
        await collector.StartAsync();
        await service.StartAsync();
        var seed = Cluster.Get(SystemOf(collector)).SelfAddress;
        Cluster.Get(SystemOf(collector)).Join(seed);
        Cluster.Get(SystemOf(service)).Join(seed);
        Eventually.True(() => CollectorsInSight.Find(SystemOf(service)).Region is not null);
        var client = SystemTelemetry.For(SystemOf(service)).Client;
        var run = client.StartRun("crawler", "nightly");
        Assert.True(await client.FlushSinksAsync(Eventually.DefaultBound, "cluster"), client.Sinks[1].ToString());

        run.End();
        await service.StopAsync();

        Assert.Contains(Logged("collector"), line => line.Contains("\"run_end\"") && line.Contains(run.Id));
        await collector.StopAsync();
    }

    private static IHost Build(Action<AkkaConfigurationBuilder> akka) => new HostBuilder()
        .ConfigureServices(services => services.AddAkka("fleet", builder => akka(builder.AddHocon(SpecSettings.Member, HoconAddMode.Append)))).Build();

    private static ActorSystem SystemOf(IHost host) => host.Services.GetRequiredService<ActorSystem>();

    private IEnumerable<string> Logged(string node) => Directory.GetFiles(Path.Combine(_directory, node, "raw"), "*.ndjson").SelectMany(File.ReadLines);
}
