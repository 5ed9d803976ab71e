using System.Net;
using System.Net.Sockets;
using TelemetryActors.ClusterNode.Journal;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

public sealed class NeighbourCallSpec : IDisposable
{
    private readonly TcpListener _neighbour = new(IPAddress.Loopback, 0);

    public NeighbourCallSpec() => _neighbour.Start();

    private string Address => $"akka.tcp://telemetry@{_neighbour.LocalEndpoint}";

    public void Dispose() => _neighbour.Dispose();

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task Who_listens_and_waits_for_a_word_may_be_a_member_also_one_that_is_paused()
    {
        Assert.Equal(NeighbourState.There, await NeighbourCall.AskAsync(Address, CancellationToken.None));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task Where_nobody_listens_or_who_hangs_up_is_none()
    {
        var asking = NeighbourCall.AskAsync(Address, CancellationToken.None);
        (await _neighbour.AcceptTcpClientAsync()).Dispose();
        var hungUp = await asking;
        _neighbour.Stop();
        _neighbour.Server.Dispose();
        var nobody = await NeighbourCall.AskAsync("akka.tcp://telemetry@127.0.0.1:1", CancellationToken.None);

        Assert.Equal((NeighbourState.Gone, NeighbourState.Gone), (hungUp, nobody));
    }
}
