using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Event;
using TelemetryActors.AkkaNet;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.Supervision;

namespace TelemetryActors.ClusterNode.Reporting;

/// <summary>Tells how the node is: every few seconds in a file, now and then in the log.</summary>
/// <remarks>The file is written on a thread of its own, one at a time: a disk that hangs makes it old, as probes are to see it, and holds neither this actor nor the end of its system.</remarks>
internal sealed class NodeReporter : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Func<IReadOnlyList<SinkStatus>> _sinks;
    private readonly Action<NodeStatus> _write;
    private readonly IActorRef _runRegion;
    private readonly TimeSpan _reportInterval;
    private readonly WorkThread _file;
    private int _shards;
    private int _runs;

    // Set by the actor, taken back by the thread.
    private volatile bool _isWriting;

    public NodeReporter(Func<IReadOnlyList<SinkStatus>> sinks, Action<NodeStatus> write, IActorRef runRegion, TimeSpan reportInterval, ThreadLife life)
    {
        var log = _log;
        _file = new WorkThread("node.json", life, thrown => log.Warning("The node's status cannot be written: {0}", thrown.Message));
        _runRegion = runRegion;
        _sinks = sinks;
        _write = write;
        _reportInterval = reportInterval;
        Receive<Look>(_ => OnLook());
        Receive<CurrentShardRegionState>(state =>
        {
            _shards = state.Shards.Count;
            _runs = state.Shards.Sum(shard => shard.EntityIds.Count);
        });
        Receive<Report>(_ => OnReport());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="sinks">How the sinks are, as their supervisors see it.</param>
    /// <param name="write">Keeps the status; touches the disk, on the thread that is meant for it.</param>
    /// <param name="runRegion">Where runs are counted.</param>
    /// <param name="reportInterval">How often the log is told.</param>
    /// <param name="life">Until when that thread is busy.</param>
    public static Props Props(Func<IReadOnlyList<SinkStatus>> sinks, Action<NodeStatus> write, IActorRef runRegion, TimeSpan reportInterval, ThreadLife life) =>
        Akka.Actor.Props.Create(() => new NodeReporter(sinks, write, runRegion, reportInterval, life)).WithDeploy(Deploy.Local);

    protected override void PreStart()
    {
        Self.Tell(new Look());
        Timers.StartPeriodicTimer(nameof(Look), new Look(), Period);
        Timers.StartPeriodicTimer(nameof(Report), new Report(), _reportInterval);
    }

    protected override void PostStop()
    {
        var last = Status();
        _file.End(() => _write(last), () => { });
    }

    private void OnLook()
    {
        // The region ends before this actor does.
        _runRegion.Tell(GetShardRegionState.Instance);
        Write();
    }

    private void Write()
    {
        if (_isWriting)
        {
            return;
        }

        _isWriting = true;
        var status = Status();
        _file.Do(() =>
        {
            try
            {
                _write(status);
            }
            finally
            {
                _isWriting = false;
            }
        });
    }

    private void OnReport()
    {
        var status = Status();
        _log.Info(
            "Node {0}: {1} collectors, {2} agents, {3} shards, {4} runs here.",
            status.Member, status.Collectors.Count(collector => collector.IsReachable), status.Agents, status.Shards, status.Runs);
        foreach (var sink in status.Sinks)
        {
            _log.Info("Sink {0}: {1}.", sink.Name, Describe(sink));
        }
    }

    private NodeStatus Status()
    {
        var state = _cluster.State;
        var members = state.Members.ToLookup(member => member.HasRole(CollectorsInSight.CollectorRole));
        return new NodeStatus
        {
            At = TimeProvider.System.GetUtcNow(),
            Address = _cluster.SelfAddress.ToString(),
            Member = _cluster.IsTerminated ? "removed" : Text(_cluster.SelfMember.Status),
            Collectors = [.. members[true].Select(member => (member.Address.ToString(), Text(member.Status), !state.Unreachable.Contains(member)))],
            Agents = members[false].Count(),
            Shards = _shards,
            Runs = _runs,
            Sinks = _sinks(),
        };
    }

    private static string Describe(SinkStatus sink) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sink.Circuit.State}{(sink.Circuit.OpenUntil is { } until ? $" until {until.UtcDateTime:O}" : "")}, pending {sink.Pending}, delivered {sink.Delivered}, dropped {sink.Dropped}, dead-lettered {sink.DeadLettered}{(sink.Circuit.Cause is { } cause ? $": {cause}" : "")}");

    private static string Text(MemberStatus status) => status.ToString().ToLowerInvariant();

    private sealed record Look : INotInfluenceReceiveTimeout;

    private sealed record Report : INotInfluenceReceiveTimeout;
}
