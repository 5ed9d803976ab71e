using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Agents;

/// <summary>An agent's own system, or a service that is a member itself, and a collector that comes and goes: over loopback.</summary>
public sealed class AgentSystemSpec : IDisposable
{
    private readonly string _directory = TestFolder.Create();

    public void Dispose() => TestFolder.Delete(_directory);

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task An_agent_finds_the_collectors_again_that_had_all_left_in_order()
    {
        var port = 0;
        using (var first = await CollectorAsync(port))
        {
            port = Cluster.Get(SystemOf(first)).SelfAddress.Port!.Value;
            var options = new ClusterSinkOptions { SystemName = "fleet", HostName = "127.0.0.1", Seeds = { $"127.0.0.1:{port}" } };
            await using var agent = new AgentSystem(options, TimeProvider.System);
            Eventually.True(() => Find(agent).Region is not null, () => Find(agent).Missing);
            await first.StopAsync();
            Eventually.True(() => Find(agent).Region is null);

            using var second = await CollectorAsync(port);

            Eventually.True(() => Find(agent).Region is not null, () => Find(agent).Missing);
            await second.StopAsync();
        }
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_service_whose_cluster_has_no_collectors_says_what_is_to_be_done()
    {
        using var service = Build("", 0, _ => { });
        await service.StartAsync();
        var system = SystemOf(service);
        Cluster.Get(system).Join(Cluster.Get(system).SelfAddress);
        Eventually.True(() => Cluster.Get(system).SelfMember.Status == MemberStatus.Up);

        var found = await new ServiceRegion(Task.FromResult(system)).FindAsync(CancellationToken.None);

        Assert.Contains("start this service anew", found.Missing);
        await service.StopAsync();
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_start_that_fails_leaves_no_system_and_no_port_behind()
    {
        // No address of a node: joining throws when the system is there already.
        var options = new ClusterSinkOptions { SystemName = "fleet", HostName = "127.0.0.1", Port = FreePort(), Seeds = { "127.0.0.1:99999" } };
        await using var agent = new AgentSystem(options, TimeProvider.System);
        var first = Record.Exception(() => Find(agent));

        var second = Record.Exception(() => Find(agent));

        Assert.IsType<NullReferenceException>(first);
        Assert.IsType<NullReferenceException>(second);
        using var listener = new TcpListener(IPAddress.Any, options.Port);
        listener.Start();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static FoundRegion Find(AgentSystem agent) => agent.FindAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private async Task<IHost> CollectorAsync(int port)
    {
        var host = Build("akka.cluster.roles = [collector]", port, akka => akka
            .WithTelemetryActors(telemetry => telemetry.BaseDirectory = Path.Combine(_directory, "collector"))
            .WithTelemetryCollector());
        await host.StartAsync();
        Cluster.Get(SystemOf(host)).Join(Cluster.Get(SystemOf(host)).SelfAddress);
        return host;
    }

    private static IHost Build(string hocon, int port, Action<AkkaConfigurationBuilder> akka) => new HostBuilder()
        .ConfigureServices(services => services.AddAkka("fleet", builder => akka(builder.AddHocon(
            $"""
            {SpecSettings.Member}
            {hocon}
            akka.remote.dot-netty.tcp.port = {port}
            """,
            HoconAddMode.Append)))).Build();

    private static ActorSystem SystemOf(IHost host) => host.Services.GetRequiredService<ActorSystem>();
}
