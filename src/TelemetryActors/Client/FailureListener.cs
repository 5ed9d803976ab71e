using TelemetryActors.Events;

namespace TelemetryActors.Client;

/// <summary>Calls the user's listener; what it throws stays with it.</summary>
internal static class FailureListener
{
    public static void Tell(Action<TelemetryFailure>? listener, TelemetryFailure failure)
    {
        TelemetryEventSource.Log.Failed(failure.Where, failure.Message);
        try
        {
            listener?.Invoke(failure);
        }
        catch (Exception exception)
        {
            TelemetryEventSource.Log.Failed("listener", ThrownText.MessageOf(exception));
        }
    }
}
