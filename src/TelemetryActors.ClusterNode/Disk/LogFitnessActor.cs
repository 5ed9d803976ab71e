using Akka.Actor;
using Akka.Event;
using TelemetryActors.AkkaNet.Collectors;

namespace TelemetryActors.ClusterNode.Disk;

/// <summary>Has the node leave the cluster in order when its event log is not written, so that others get its runs. Touches no disk itself.</summary>
internal sealed class LogFitnessActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LogFitness _watch = new();
    private readonly TelemetryClient _client;
    private readonly TimeProvider _time;
    private readonly long _began;

    public LogFitnessActor(TelemetryClient client, TimeProvider time)
    {
        _client = client;
        _time = time;
        _began = time.GetTimestamp();
        Receive<Look>(_ => OnLook());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(TelemetryClient client, TimeProvider time) => Akka.Actor.Props.Create(() => new LogFitnessActor(client, time)).WithDeploy(Deploy.Local);

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Look), new Look(), Period);

    private void OnLook()
    {
        if (_client.Sinks is not [var log, ..] || _watch.Look(log, _time.GetElapsedTime(_began), _client.Writer.Admission.WhyShut) is not { } cause)
        {
            return;
        }

        Timers.CancelAll();
        _log.Error("The event log is of no use, {0}. This node leaves the cluster, so that its runs go on at others, and ends with exit code 1: start it when that is over.", cause);
        _ = CoordinatedShutdown.Get(Context.System).Run(new LogNotWrittenReason());
    }

    private sealed record Look : INotInfluenceReceiveTimeout;
}
