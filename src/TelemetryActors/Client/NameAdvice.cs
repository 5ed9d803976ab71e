using TelemetryActors.Encoding;

namespace TelemetryActors.Client;

/// <summary>Tells once of an event whose name is free text (S2.20).</summary>
/// <remarks>Asked for names that were not in use a moment ago, so the usual call does not pay for it. Thread-safe.</remarks>
internal sealed class NameAdvice(Action<TelemetryFailure>? onFailure)
{
    private int _told;

    /// <summary>Looks at a name as it is stored, without what is redacted.</summary>
    public void Look(string name)
    {
        if (Volatile.Read(ref _told) == 0 && EventNameForm.IsFreeText(name) && Interlocked.Exchange(ref _told, 1) == 0)
        {
            FailureListener.Tell(onFailure, new TelemetryFailure(
                "record", $"The event name \"{name}\" is free text: name the kind of event, and put what varies into its details. It is recorded as it is; others like it are not told."));
        }
    }
}
