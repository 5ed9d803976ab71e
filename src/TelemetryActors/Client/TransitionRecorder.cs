using TelemetryActors.Encoding;
using TelemetryActors.Slots;
using TelemetryActors.Supervision;

namespace TelemetryActors.Client;

/// <summary>Records what happens to sinks as events of the pipeline's own, and tells the owner's program of what stops one.</summary>
/// <param name="writer">Takes the events.</param>
/// <param name="agent">Whose events they are.</param>
/// <param name="own">The writer slot.</param>
/// <param name="logWatch">Hears what stops the event log.</param>
/// <param name="report">Takes what is to be told.</param>
internal sealed class TransitionRecorder(EventWriter writer, string? agent, OwnSlot own, LogWatch logWatch, Action<TelemetryFailure> report)
{
    private readonly EventScope _scope = new(agent, null, null);

    public void Raise(SinkTransition transition)
    {
        if (transition.Sink == LocalPipeline.EventLogName)
        {
            logWatch.Look(transition.Kind is SinkTransitionKind.Opened or SinkTransitionKind.Misconfigured ? transition.Cause : null);
        }

        writer.WriteOwn(
            "sink_" + SinkTransitionText.Of(transition.Kind),
            new FieldDetails(SinkTransitionText.Fields(transition)),
            _scope,
            transition.Kind is SinkTransitionKind.Closed or SinkTransitionKind.Commanded or SinkTransitionKind.Probing ? "info" : "warning");
        if (transition.Cause is { } cause && transition.Kind != SinkTransitionKind.Commanded)
        {
            report(new TelemetryFailure(
                transition.Sink,
                transition.Kind == SinkTransitionKind.EventsGone ? $"{transition.Events} events were gone before they could be read: {cause}"
                : transition.Sink == LocalPipeline.EventLogName ? CauseOfLog(cause) : cause));
        }
    }

    // What the log keeps for another try is kept for a later start only where the ring outlives the process.
    private string CauseOfLog(string cause) => own.Now.Ring.Path is null ? cause.Replace("; kept", "; so far in memory alone", StringComparison.Ordinal) : cause;
}
