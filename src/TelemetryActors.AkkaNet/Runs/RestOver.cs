using Akka.Actor;
using Akka.Event;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>To a journal that rests: try again.</summary>
internal sealed class RestOver : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static readonly RestOver Instance = new();

    private RestOver()
    {
    }
}
