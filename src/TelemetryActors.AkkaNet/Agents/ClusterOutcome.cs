using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>What the answers to the messages of one batch mean for the batch.</summary>
internal static class ClusterOutcome
{
    /// <summary>Attempts after which a run's actor that does not answer, while others do, no longer holds up the agent's other runs.</summary>
    public const int MaxSilentAttempts = 10;

    // Times the waits of a batch of which some was taken, doubling: together about half a minute, in which a collector that cannot write has given its runs to others.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Delivered when all were taken; to be rejected only when nothing but refused lines is left, so that what is at fault can be found by halves. Runs whose
    /// actors alone are silent, attempt after attempt, become dead letters: they can be put back when their actor is mended. What is refused for now beside lines
    /// that were taken is no failure of the cluster: it is waited for, ten times, before it counts as one and may open the circuit.
    /// </summary>
    /// <param name="answers">Each actor's lines with its last answer: taken, refused, or null for none in time.</param>
    /// <param name="attempt">Which try of the batch this was, from 1.</param>
    public static SinkOutcome Of(IReadOnlyCollection<(EntityLines Lines, object? Answer)> answers, int attempt)
    {
        var open = answers.Where(answer => answer.Answer is not RunBatchTaken).ToList();
        if (open.Count == 0)
        {
            return SinkOutcome.Delivered;
        }

        var refusals = open.Select(answer => answer.Answer).OfType<RunBatchRefused>().ToList();
        var later = refusals.Where(refusal => !refusal.IsFinal).ToList();
        var silent = open.Count - refusals.Count;
        if (silent > 0)
        {
            return refusals.Count == 0 && silent < answers.Count && attempt > MaxSilentAttempts
                ? new SinkOutcome.PartlyDelivered([.. Silent(open)])
                : new SinkOutcome.Retry($"{silent} of {answers.Count} runs were not answered for in time");
        }

        return later.Count == 0 ? new SinkOutcome.Rejected(refusals[0].Reason)
            : open.Count < answers.Count ? new SinkOutcome.Retry(later[0].Reason, Longer(later.Max(refusal => refusal.RetryAfter), PauseOf(attempt)))
            : new SinkOutcome.Retry(later[0].Reason, later.All(refusal => refusal.RetryAfter is not null) ? later.Max(refusal => refusal.RetryAfter) : null);
    }

    private static TimeSpan Longer(TimeSpan? asked, TimeSpan pause) => asked > pause ? asked.Value : pause;

    private static TimeSpan PauseOf(int attempt) => attempt < 6 ? FirstPause * Math.Pow(2, attempt - 1) : LongestPause;

    private static IEnumerable<RejectedItem> Silent(IEnumerable<(EntityLines Lines, object? Answer)> open) =>
        open.SelectMany(answer => answer.Lines.Places.Select(
            place => new RejectedItem(place, $"the actor of {answer.Lines.EntityId} did not answer in {MaxSilentAttempts} attempts, while others did")));
}
