using TelemetryActors.Delivery;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.JsonLines;
using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>The event log as a sink of the engine.</summary>
internal static class EventLogSink
{
    // Waking the log's thread for each event would cost its caller more than the event: it gathers for a moment instead.
    // A quarter of the ring, a flush and a shutdown do not wait.
    private const int LingerEvents = 10_000;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(5);

    /// <param name="own">The writer slot.</param>
    /// <param name="mover">Goes on in another slot when it is lost.</param>
    /// <param name="options">How often is fsynced, and the clock.</param>
    /// <param name="syncer">Brings what was written to the device.</param>
    /// <param name="tell">Takes what the log has to say beside its outcomes.</param>
    public static SinkDefinition Define(OwnSlot own, SlotMover mover, TelemetryOptions options, LogSyncer syncer, Action<string> tell)
    {
        var policy = SinkPolicies.EventLog with
        {
            MaxBatchBytes = (int)Math.Min(SinkPolicies.EventLog.MaxBatchBytes, own.Now.Ring.Capacity / 8),
            FlushInterval = Linger,
            FlushEvents = LingerEvents,
        };
        return new SinkDefinition(
            LocalPipeline.EventLogName, policy, _ => new JsonLinesSink(own, mover, options.Log.Fsync, options.Time, syncer.Request, tell))
        {
            State = KeptState.Own,
            IsEventLog = true,
            Hurry = () => own.Now.Flushes.HasWaiters,
        };
    }
}
