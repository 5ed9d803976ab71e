using TelemetryActors.AkkaNet.Wire;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Lines for one run, told to the run's actor; the sender is answered with <see cref="RunBatchTaken"/> or <see cref="RunBatchRefused"/>.</summary>
/// <param name="EntityId">The run's id; <c>agent-&lt;instance&gt;</c> for lines of no run.</param>
/// <param name="BatchId">The sender's own number of it: it comes back with the answer.</param>
/// <param name="Lines">Encoded events as they stand in a ring: UTF-8 JSON that begins with <c>ts</c>, each with its line feed. One that is no event has the batch refused for good. Must not change after it was told.</param>
/// <param name="Count">How many lines.</param>
/// <remarks>
/// The next of a sender for the same run is told when this one was answered: after a refusal, batches of it that wait are refused with it, because lines
/// that overtook others would hide them.
/// </remarks>
public sealed record RunBatch(string EntityId, long BatchId, ReadOnlyMemory<byte> Lines, int Count) : IRunMessage, IWireMessage
{
    /// <summary>Whether the lines go out once more, or late, by an operator's word (dead letters, replay): all are appended, however new the lines are that came before.</summary>
    /// <remarks>What was taken before then stands in the log a second time, with its id.</remarks>
    public bool IsRepeat { get; init; }
}
