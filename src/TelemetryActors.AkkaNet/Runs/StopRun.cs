using Akka.Actor;
using Akka.Event;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>To a run's actor: finish the batch under way, keep what you know, and end. The stop message of passivation and of a shard's hand-over.</summary>
public sealed class StopRun : IDeadLetterSuppression, INoSerializationVerificationNeeded
{
    private StopRun()
    {
    }

    /// <summary>The one there is.</summary>
    public static StopRun Instance { get; } = new();
}
