using TelemetryActors.Encoding;
using TelemetryActors.Slots;
using TelemetryActors.Supervision;

namespace TelemetryActors.Client;

/// <summary>Records what happens to sinks as events of the pipeline's own, and tells the owner's program of what stops one.</summary>
/// <param name="writer">Takes the events.</param>
/// <param name="agent">Whose events they are.</param>
/// <param name="own">The writer slot.</param>
/// <param name="logWatch">Hears what stops the event log.</param>
/// <param name="unrecorded">Keeps a sink's faults of the time when no event is taken any more.</param>
/// <param name="report">Takes what is to be told.</param>
internal sealed class TransitionRecorder(EventWriter writer, string? agent, OwnSlot own, LogWatch logWatch, UnrecordedFaults unrecorded, Action<TelemetryFailure> report)
{
    /// <summary>Where the failure comes from that tells what the next start records.</summary>
    public const string UnrecordedName = "unrecorded";

    private readonly EventScope _scope = new(agent, null, null);

    public void Raise(SinkTransition transition)
    {
        if (transition.Sink == LocalPipeline.EventLogName)
        {
            logWatch.Look(transition.Kind is SinkTransitionKind.Opened or SinkTransitionKind.Misconfigured ? transition.Cause : null);
        }

        var isRecorded = writer.WriteOwn(
            SinkTransitionText.NameOf(transition.Kind),
            new FieldDetails(SinkTransitionText.Fields(transition)),
            _scope,
            transition.Kind is SinkTransitionKind.Closed or SinkTransitionKind.Commanded or SinkTransitionKind.Probing ? "info" : "warning");
        if (transition.Cause is { } cause && transition.Kind != SinkTransitionKind.Commanded)
        {
            if (!isRecorded && transition is { Kind: SinkTransitionKind.StateFault or SinkTransitionKind.Restarted, Sink: not LocalPipeline.EventLogName })
            {
                Keep(new UnrecordedFault(transition.At, transition.Sink, cause));
            }

            report(new TelemetryFailure(
                transition.Sink,
                transition.Kind == SinkTransitionKind.EventsGone ? $"{transition.Events} events were gone before they could be read: {cause}"
                : transition.Sink == LocalPipeline.EventLogName ? CauseOfLog(cause) : cause));
        }
    }

    /// <summary>Records what earlier programs met when no event was taken any more. On a thread that may wait for the disk.</summary>
    public void RecordEarlier()
    {
        try
        {
            unrecorded.Take(fault => writer.WriteOwn(
                SinkTransitionText.NameOf(SinkTransitionKind.StateFault),
                new FieldDetails([("sink", fault.Sink), ("cause", fault.Cause), ("at", fault.At)]),
                _scope,
                "warning"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            report(new TelemetryFailure(UnrecordedName, exception.Message, exception));
        }
    }

    private void Keep(UnrecordedFault fault)
    {
        var told = $"{fault.Sink}: {fault.Cause}";
        try
        {
            unrecorded.Note(fault);
            report(new TelemetryFailure(UnrecordedName, $"{told}; the next start records it"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            report(new TelemetryFailure(UnrecordedName, $"{told}; that could not be noted for the next start: {exception.Message}", exception));
        }
    }

    // What the log keeps for another try is kept for a later start only where the ring outlives the process.
    private string CauseOfLog(string cause) => own.Now.Ring.Path is null ? cause.Replace("; kept", "; so far in memory alone", StringComparison.Ordinal) : cause;
}
