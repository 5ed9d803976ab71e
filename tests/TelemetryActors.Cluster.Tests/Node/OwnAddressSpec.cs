using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using TelemetryActors.Cluster.Tests.Story;
using TelemetryActors.ClusterNode;
using TelemetryActors.ClusterNode.Settings;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

public sealed class OwnAddressSpec
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_node_that_is_reached_under_its_name_goes_on_whoever_else_calls()
    {
        var settings = Settings("localhost", "127.0.0.1");
        using var stranger = new TcpClient();
        var asking = OwnAddress.WhyNotAsync(settings, TimeProvider.System);
        try
        {
            await stranger.ConnectAsync(IPAddress.Loopback, settings.Port);
        }
        catch (SocketException)
        {
            // It has its answer already.
        }

        Assert.Null(await asking);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_name_that_leads_nowhere_is_told_with_its_setting()
    {
        var time = new ManualTime();
        var asking = OwnAddress.WhyNotAsync(Settings("127.0.0.2", "127.0.0.1"), time);

        Eventually.True(() => asking.IsCompleted, between: () => time.Advance(TimeSpan.FromSeconds(1)));

        Assert.Contains("nobody reaches it as 127.0.0.2:", await asking);
        Assert.Contains("(Cluster:HostName)", await asking);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_port_in_use_and_an_address_of_another_machine_end_the_node_with_1_and_no_stack_trace()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var directory = Directory.CreateTempSubdirectory("ta-address-").FullName;

        foreach (var (bind, port) in new[] { ("127.0.0.1", ((IPEndPoint)taken.LocalEndpoint).Port), ("10.255.255.1", 4053) })
        {
            using var node = new NodeProgram(
                ["--Cluster:HostName=127.0.0.1", $"--Cluster:BindHost={bind}", $"--Cluster:Port={port}", $"--TelemetryActors:BaseDirectory={directory}"]);

            Assert.Equal(1, node.ExitCode(Soon));
            Assert.Contains($"it cannot listen on {bind}:{port} (Cluster:BindHost, Cluster:Port)", node.Output);
            Assert.DoesNotContain("   at ", node.Output);
        }

        Directory.Delete(directory, recursive: true);
    }

    private static NodeSettings Settings(string host, string bind)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return new NodeSettings { HostName = host, BindHost = bind, Port = port, Seeds = [new Address("akka.tcp", "telemetry", "a", 1)] };
    }
}
