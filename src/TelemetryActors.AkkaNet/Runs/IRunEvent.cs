using TelemetryActors.AkkaNet.Wire;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>A turn in a run's life, in the journal of its actor: the line that made it, so that recovery reads what the log's readers read.</summary>
internal interface IRunEvent : IWireMessage
{
    /// <summary>The line as it stands in the event log.</summary>
    ReadOnlyMemory<byte> Line { get; }
}
