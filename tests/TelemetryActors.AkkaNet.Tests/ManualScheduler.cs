using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using TelemetryActors.TestKit;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>An actor system's scheduler on a <see cref="ManualTime"/>, so that a test moves the clocks of actors, streams and deciders together.</summary>
/// <remarks>A system makes its scheduler itself, by a name in its settings; the clock is handed over under a key beside that name.</remarks>
internal sealed class ManualScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider
{
    private static readonly ConcurrentDictionary<string, ManualTime> Clocks = new();

    private readonly ManualTime _time;

    public ManualScheduler(Config config, ILoggingAdapter log)
        : base(config, log) => _time = Clocks[config.GetString("akka.scheduler.manual-clock")];

    public override TimeSpan MonotonicClock => TimeSpan.FromTicks(_time.GetTimestamp());

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    protected override DateTimeOffset TimeNow => _time.GetUtcNow();

    /// <summary>The settings of a system that runs on a clock.</summary>
    public static Config On(ManualTime time)
    {
        var key = Guid.NewGuid().ToString();
        Clocks[key] = time;
        return ConfigurationFactory.ParseString($$"""
            akka.scheduler {
              implementation = "{{typeof(ManualScheduler).AssemblyQualifiedName}}"
              manual-clock = "{{key}}"
            }
            """);
    }

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Schedule(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Schedule(initialDelay, interval, action.Run, cancelable);

    private void Schedule(TimeSpan delay, TimeSpan interval, Action action, ICancelable? cancelable)
    {
        var timer = _time.CreateTimer(
            _ =>
            {
                if (cancelable is not { IsCancellationRequested: true })
                {
                    action();
                }
            },
            null,
            delay,
            interval);
        cancelable?.Token.Register(timer.Dispose);
    }
}
