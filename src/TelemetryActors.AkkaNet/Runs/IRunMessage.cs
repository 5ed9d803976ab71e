namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Is for the actor of one run, wherever that runs.</summary>
public interface IRunMessage
{
    /// <summary>The run's id, or <c>agent-&lt;instance&gt;</c> for what belongs to no run.</summary>
    string EntityId { get; }
}
