using TelemetryActors.AkkaNet.Wire;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Nothing is promised of any line of a batch: the sender keeps it.</summary>
/// <param name="BatchId">The number that the batch had.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="RetryAfter">When to try again at the earliest; null leaves it to the sender.</param>
/// <param name="IsFinal">Whether the batch itself is at fault, so that trying it again is useless.</param>
public sealed record RunBatchRefused(long BatchId, string Reason, TimeSpan? RetryAfter = null, bool IsFinal = false) : IWireMessage;
