using Akka.Actor;
using TelemetryActors.ClusterNode;
using TelemetryActors.ClusterNode.Disk;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cluster.Tests.Node;

public sealed class EndInTimeSpec : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("node", "akka { loglevel = OFF, stdout-loglevel = OFF, coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off } }");
    private readonly ManualResetEventSlim _answers = new();
    private readonly TaskCompletionSource<bool> _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        _answers.Set();
        _system.Dispose();
        Assert.True(_system.WhenTerminated.Wait(Eventually.DefaultBound));
        _answers.Dispose();
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task An_end_of_its_own_that_hangs_is_given_up_on_a_thread_that_nothing_holds()
    {
        _system.ActorOf(Props.Create(() => new HangingActor(_answers)));
        var shutdown = CoordinatedShutdown.Get(_system);
        EndInTime.Watch(shutdown, TimeSpan.FromSeconds(1), () => _givenUp.SetResult(Thread.CurrentThread.IsThreadPoolThread));

        _ = shutdown.Run(new LogNotWrittenReason());
        var isPooled = await _givenUp.Task.WaitAsync(Eventually.DefaultBound);

        Assert.False(isPooled);
        Assert.False(_system.WhenTerminated.IsCompleted);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task An_end_that_the_host_began_is_bounded_by_the_host()
    {
        var shutdown = CoordinatedShutdown.Get(_system);
        EndInTime.Watch(shutdown, TimeSpan.Zero, () => _givenUp.SetResult(Thread.CurrentThread.IsThreadPoolThread));

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Eventually.DefaultBound);

        Assert.False(_givenUp.Task.IsCompleted);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public async Task An_end_that_began_before_it_is_watched_is_bounded_as_well()
    {
        _system.ActorOf(Props.Create(() => new HangingActor(_answers)));
        var shutdown = CoordinatedShutdown.Get(_system);
        var isBeyond = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "beyond", () =>
        {
            isBeyond.SetResult();
            return Task.FromResult(Akka.Done.Instance);
        });
        _ = shutdown.Run(new LogNotWrittenReason());
        await isBeyond.Task.WaitAsync(Eventually.DefaultBound);

        EndInTime.Watch(shutdown, TimeSpan.Zero, () => _givenUp.SetResult(Thread.CurrentThread.IsThreadPoolThread));

        Assert.False(await _givenUp.Task.WaitAsync(Eventually.DefaultBound));
    }

    private sealed class HangingActor(ManualResetEventSlim answers) : ReceiveActor
    {
        protected override void PostStop() => answers.Wait();
    }
}
