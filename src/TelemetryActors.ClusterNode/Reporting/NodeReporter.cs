using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Event;
using TelemetryActors.AkkaNet.Agents;
using TelemetryActors.Supervision;

namespace TelemetryActors.ClusterNode.Reporting;

/// <summary>Tells how the node is: every few seconds in a file, now and then in the log.</summary>
internal sealed class NodeReporter : ReceiveActor, IWithTimers
{
    private const string FileDispatcher = "telemetryactors.file-dispatcher";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly TelemetryClient _client;
    private readonly IActorRef _runRegion;
    private readonly TimeSpan _reportInterval;
    private int _shards;
    private int _runs;

    public NodeReporter(TelemetryClient client, IActorRef runRegion, TimeSpan reportInterval)
    {
        _runRegion = runRegion;
        _client = client;
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

    public static Props Props(TelemetryClient client, IActorRef runRegion, TimeSpan reportInterval) =>
        Akka.Actor.Props.Create(() => new NodeReporter(client, runRegion, reportInterval)).WithDispatcher(FileDispatcher);

    protected override void PreStart()
    {
        Self.Tell(new Look());
        Timers.StartPeriodicTimer(nameof(Look), new Look(), Period);
        Timers.StartPeriodicTimer(nameof(Report), new Report(), _reportInterval);
    }

    protected override void PostStop() => Write();

    private void OnLook()
    {
        // The region ends before this actor does.
        _runRegion.Tell(GetShardRegionState.Instance);
        Write();
    }

    private void Write()
    {
        try
        {
            NodeStatusFile.Write(_client.BaseDirectory, Status());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Warning("The node's status cannot be written: {0}", exception.Message);
        }
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
            Sinks = _client.Sinks,
        };
    }

    private static string Describe(SinkStatus sink) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sink.Circuit.State}{(sink.Circuit.OpenUntil is { } until ? $" until {until.UtcDateTime:O}" : "")}, pending {sink.Pending}, delivered {sink.Delivered}, dropped {sink.Dropped}, dead-lettered {sink.DeadLettered}{(sink.Circuit.Cause is { } cause ? $": {cause}" : "")}");

    private static string Text(MemberStatus status) => status.ToString().ToLowerInvariant();

    private sealed record Look : INotInfluenceReceiveTimeout;

    private sealed record Report : INotInfluenceReceiveTimeout;
}
