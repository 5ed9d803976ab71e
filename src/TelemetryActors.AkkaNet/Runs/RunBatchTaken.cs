using TelemetryActors.AkkaNet.Wire;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Every line of a batch is fsynced: now in the event log of the node that answers, or since it came the first time in that of the node that had the run then.</summary>
/// <param name="BatchId">The number that the batch had.</param>
/// <param name="Accepted">Lines that were new.</param>
/// <param name="Duplicates">Lines that had been taken before.</param>
public sealed record RunBatchTaken(long BatchId, int Accepted, int Duplicates) : IWireMessage;
