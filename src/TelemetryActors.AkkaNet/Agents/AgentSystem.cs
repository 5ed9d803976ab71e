using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>An actor system of the sink's own that joins the collectors: whatever the cluster does to it, the program it lives in does not notice.</summary>
/// <remarks>A cluster that loses sight of a member removes it for good, and one whose collectors all left has none any more. This one is then started anew, under another address.</remarks>
internal sealed class AgentSystem(ClusterSinkOptions options, TimeProvider time) : IRunRegion
{
    /// <summary>The role of members that only report.</summary>
    public const string Role = "agent";

    private static readonly TimeSpan JoinTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(3);
    private static readonly Config Reference = ConfigurationFactory.FromResource("agent.conf", typeof(AgentSystem).Assembly);

    private ActorSystem? _system;
    private Task _joined = Task.CompletedTask;
    private SeedPatience _patience = new(time);

    /// <inheritdoc />
    public async ValueTask<FoundRegion> FindAsync(CancellationToken cancellation)
    {
        if (_system is not { } system || system.WhenTerminated.IsCompleted || Cluster.Get(system).IsTerminated)
        {
            system = await BeginAnewAsync();
        }

        var found = await LookAsync(system, cancellation);
        return found.Region is null && IsLeftBehind(system) ? await LookAsync(await BeginAnewAsync(), cancellation) : found;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_system is not { } system)
        {
            return;
        }

        _system = null;
        try
        {
            await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance).WaitAsync(LeaveTime);
        }
        catch (TimeoutException)
        {
            // Nobody is there to take leave of.
            _ = system.Terminate();
        }
    }

    private async Task<FoundRegion> LookAsync(ActorSystem system, CancellationToken cancellation)
    {
        try
        {
            await _joined.WaitAsync(JoinTime, cancellation);
        }
        catch (TimeoutException)
        {
            return new FoundRegion(null, $"no collector has let this process in: {string.Join(", ", options.Seeds)}");
        }

        var found = CollectorsInSight.Find(system);
        if (found.Region is not null)
        {
            _patience.SeesOne();
        }

        return found;
    }

    private bool IsLeftBehind(ActorSystem system) =>
        _patience.IsOver(Cluster.Get(system).State.Members.Count > 0, CollectorsInSight.AreKnown(system));

    private async Task<ActorSystem> BeginAnewAsync()
    {
        await DisposeAsync();
        _patience = new SeedPatience(time);
        var system = _system = ActorSystem.Create(options.SystemName, Settings().WithFallback(Reference).WithFallback(EngineSettings.Reference));
        try
        {
            Join(system);
            return system;
        }
        catch
        {
            // It has its threads and its port already, and the next try begins another.
            await DisposeAsync();
            throw;
        }
    }

    private void Join(ActorSystem system)
    {
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cluster = Cluster.Get(system);
        cluster.RegisterOnMemberUp(joined.SetResult);
        CollectorsInSight.StartProxy(system);
        cluster.JoinSeedNodes(options.Seeds.Select(seed => SeedAddress.TryParse(seed, options.SystemName)!));
        _joined = joined.Task;
    }

    private Config Settings() => ConfigurationFactory.ParseString($$"""
        akka.remote.dot-netty.tcp {
          hostname = "0.0.0.0"
          public-hostname = "{{options.HostName ?? Environment.MachineName}}"
          port = {{options.Port}}
        }
        akka.cluster.roles = ["{{Role}}"]
        """);
}
