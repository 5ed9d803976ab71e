using Akka.Actor;
using TelemetryActors.AkkaNet;
using TelemetryActors.ClusterNode.Reporting;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

public sealed class NodeReporterSpec : IDisposable
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly ActorSystem _system = ActorSystem.Create(
        "node", "akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster, remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 0 } }");

    private readonly ManualResetEventSlim _answers = new();
    private readonly ThreadLife _life = new();

    public void Dispose()
    {
        _answers.Set();
        _system.Dispose();
        Assert.True(_life.WhenOver().Wait(Eventually.DefaultBound));
        _answers.Dispose();
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task A_disk_that_hangs_under_its_file_keeps_no_system_from_its_end_and_has_one_write_under_way()
    {
        var written = 0;
        Start(_ =>
        {
            Interlocked.Increment(ref written);
            _answers.Wait();
        });
        Eventually.Equal(1, () => Volatile.Read(ref written));

        await _system.Terminate().WaitAsync(Eventually.DefaultBound);

        Assert.Equal(1, Volatile.Read(ref written));
        Assert.False(_life.IsOver);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task The_last_that_is_written_is_how_the_node_ended()
    {
        NodeStatus? last = null;
        Start(status => Volatile.Write(ref last, status));
        Eventually.True(() => Volatile.Read(ref last) is not null);
        var first = last;

        await _system.Terminate().WaitAsync(Eventually.DefaultBound);
        await _life.WhenOver().WaitAsync(Eventually.DefaultBound);

        Assert.NotSame(first, last);
        Assert.False(last!.IsReady);
    }

    private void Start(Action<NodeStatus> write) =>
        _system.ActorOf(NodeReporter.Props(() => [], write, ActorRefs.Nobody, Never, _life), "node-reporter");
}
