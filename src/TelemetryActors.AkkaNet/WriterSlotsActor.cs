using Akka.Actor;

namespace TelemetryActors.AkkaNet;

/// <summary>Looks after the base directory's writer slots at each heartbeat, on the threads for files.</summary>
internal sealed class WriterSlotsActor : ReceiveActor, IWithTimers
{
    private readonly TimeSpan _heartbeat;

    public WriterSlotsActor(Action onHeartbeat, TimeSpan heartbeat)
    {
        _heartbeat = heartbeat;
        Receive<Beat>(_ => onHeartbeat());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Action onHeartbeat, TimeSpan heartbeat) =>
        Akka.Actor.Props.Create(() => new WriterSlotsActor(onHeartbeat, heartbeat)).WithDispatcher(EngineSettings.FileDispatcher);

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Beat), new Beat(), _heartbeat);

    private sealed record Beat : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;
}
