using Akka.Actor;
using Akka.Event;

namespace TelemetryActors.AkkaNet;

/// <summary>Looks after the base directory's writer slots at each heartbeat, on a thread of its own: a disk that hangs keeps no system from its end.</summary>
internal sealed class WriterSlotsActor : ReceiveActor, IWithTimers
{
    private readonly TimeSpan _heartbeat;
    private readonly WorkThread _thread;

    // Set by the actor, taken back by its thread; a message would be a dead letter at each end.
    private volatile bool _isLooking;

    public WriterSlotsActor(Action onHeartbeat, TimeSpan heartbeat, ThreadLife life)
    {
        var self = Self;
        _heartbeat = heartbeat;
        _thread = new WorkThread("writer slots", life, thrown => self.Tell(new Broke(thrown), self));
        Receive<Beat>(_ => !_isLooking, _ =>
        {
            _isLooking = true;
            _thread.Do(() =>
            {
                try
                {
                    onHeartbeat();
                }
                finally
                {
                    _isLooking = false;
                }
            });
        });
        Receive<Beat>(_ => { });
        Receive<Broke>(broke => throw new InvalidOperationException($"The writer slots: {broke.Cause.Message}", broke.Cause));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Action onHeartbeat, TimeSpan heartbeat, ThreadLife life) => Akka.Actor.Props.Create(() => new WriterSlotsActor(onHeartbeat, heartbeat, life)).WithDeploy(Deploy.Local);

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Beat), new Beat(), _heartbeat);

    protected override void PostStop() => _thread.End(() => { }, () => { });

    private sealed record Beat : INotInfluenceReceiveTimeout, INoSerializationVerificationNeeded;

    // From the thread: a fault of this house's own.
    private sealed record Broke(Exception Cause) : IDeadLetterSuppression, INoSerializationVerificationNeeded;
}
