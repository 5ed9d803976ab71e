using Akka.Actor;
using Akka.Event;
using TelemetryActors.Storage;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Has the upkeep of a journal done: some time after the start, then again and again, each time on a background thread of its own.</summary>
/// <remarks>One at a time: a database that hangs is asked once. A refusal is told once, until it is done again.</remarks>
internal sealed class RunUpkeepActor : ReceiveActor, IWithTimers
{
    /// <summary>From the start to the first time: what is recovered first is in hand by then.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMinutes(1);

    /// <summary>From one time to the next.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromMinutes(5);

    private bool _isRefused;

    /// <param name="takeOut">Does it, and says how many rows it took out.</param>
    public RunUpkeepActor(Func<int> takeOut)
    {
        var log = Context.GetLogger();
        Receive<Begin>(_ => DiskCall.Begin("runs upkeep", takeOut).PipeTo(Self, success: rows => new Done(rows), failure: cause => new Refused(cause)));
        Receive<Done>(done =>
        {
            _isRefused = false;
            if (done.Rows > 0)
            {
                log.Debug("{0} rows of runs that are gone were taken out of the journal of runs.", done.Rows);
            }

            AwaitNext(Between);
        });
        Receive<Refused>(refused =>
        {
            if (!_isRefused)
            {
                _isRefused = true;
                log.Warning(refused.Cause, "Runs that are gone were not taken out of the journal of runs; it is tried again each {0}.", Between);
            }

            AwaitNext(Between);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Func<int> takeOut) => Akka.Actor.Props.Create(() => new RunUpkeepActor(takeOut)).WithDeploy(Deploy.Local);

    protected override void PreStart() => AwaitNext(First);

    private void AwaitNext(TimeSpan wait) => Timers.StartSingleTimer(nameof(Begin), Begin.Instance, wait);

    private sealed record Begin : INoSerializationVerificationNeeded
    {
        public static readonly Begin Instance = new();
    }

    private sealed record Done(int Rows) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Refused(Exception Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
