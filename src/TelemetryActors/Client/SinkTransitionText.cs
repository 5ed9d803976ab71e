using TelemetryActors.Events;
using TelemetryActors.Supervision;

namespace TelemetryActors.Client;

/// <summary>A sink's transition as an event of the pipeline: <c>sink_opened</c>, <c>sink_closed</c> and so on.</summary>
internal static class SinkTransitionText
{
    /// <summary>The event's name.</summary>
    public static string NameOf(SinkTransitionKind kind) => "sink_" + Of(kind);

    private static string Of(SinkTransitionKind kind) => kind switch
    {
        SinkTransitionKind.Opened => "opened",
        SinkTransitionKind.Misconfigured => "misconfigured",
        SinkTransitionKind.Probing => "probing",
        SinkTransitionKind.Closed => "closed",
        SinkTransitionKind.Commanded => "commanded",
        SinkTransitionKind.Restarted => "restarted",
        SinkTransitionKind.UploadFailed => "upload_failed",
        SinkTransitionKind.DeadLettered => "dead_lettered",
        SinkTransitionKind.EventsGone => "events_gone",
        _ => "state_fault",
    };

    public static Field[] Fields(SinkTransition transition)
    {
        List<Field> fields = [("sink", transition.Sink)];
        if (transition.Cause is not null)
        {
            fields.Add(("cause", transition.Cause));
        }

        if (transition.Events != 0)
        {
            fields.Add(("events", transition.Events));
        }

        if (transition.OpenUntil is { } until)
        {
            fields.Add(("open_until", until));
        }

        return [.. fields];
    }
}
