using System.Diagnostics.Tracing;

namespace TelemetryActors.Client;

/// <summary>The library's own diagnostics for <c>dotnet-trace</c> and event listeners, under the name <c>TelemetryActors</c>.</summary>
[EventSource(Name = "TelemetryActors")]
internal sealed class TelemetryEventSource : EventSource
{
    public static readonly TelemetryEventSource Log = new();

    private TelemetryEventSource()
    {
    }

    [Event(1, Level = EventLevel.Warning, Message = "{0}: {1}")]
    public void Failed(string where, string message)
    {
        if (IsEnabled())
        {
            WriteEvent(1, where, message);
        }
    }
}
