using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>What the answers to the messages of one batch mean for the batch.</summary>
internal static class ClusterOutcome
{
    // Times the waits of a batch of which some was taken, doubling: together about half a minute, in which a collector that cannot write has given its runs to others.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Delivered when all were taken; to be rejected only when nothing but refused lines is left, so that what is at fault can be found by halves. Lines that are set
    /// aside become dead letters. What is refused for now beside lines that were taken is no failure of the cluster: it is waited for, ten times, before it counts
    /// as one and may open the circuit.
    /// </summary>
    /// <param name="answers">Each actor's lines with its last answer: taken, refused, or null for none in time.</param>
    /// <param name="aside">The runs whose lines are set aside, each with its cause: these are waited for no longer.</param>
    /// <param name="noEvents">Lines that no actor was told, because they are no events: they become dead letters too.</param>
    /// <param name="attempt">Which try of the batch this was, from 1.</param>
    public static SinkOutcome Of(
        IReadOnlyCollection<(EntityLines Lines, object? Answer)> answers, IReadOnlyDictionary<string, string> aside, IReadOnlyList<RejectedItem> noEvents, int attempt)
    {
        var open = answers.Where(answer => answer.Answer is not RunBatchTaken && !aside.ContainsKey(answer.Lines.EntityId)).ToList();
        if (open.Count == 0)
        {
            return aside.Count == 0 && noEvents.Count == 0
                ? SinkOutcome.Delivered
                : new SinkOutcome.PartlyDelivered([.. Items(answers, aside), .. noEvents]) { IsProof = answers.Any(answer => answer.Answer is RunBatchTaken) };
        }

        var refusals = open.Select(answer => answer.Answer).OfType<RunBatchRefused>().ToList();
        var later = refusals.Where(refusal => !refusal.IsFinal).ToList();
        var silent = open.Count - refusals.Count;
        if (silent > 0)
        {
            return new SinkOutcome.Retry($"{silent} of {answers.Count} runs were not answered for in time");
        }

        return later.Count == 0 ? new SinkOutcome.Rejected(refusals[0].Reason)
            : open.Count < answers.Count ? new SinkOutcome.Retry(later[0].Reason, Longer(later.Max(refusal => refusal.RetryAfter), PauseOf(attempt)))
            : new SinkOutcome.Retry(later[0].Reason, later.All(refusal => refusal.RetryAfter is not null) ? later.Max(refusal => refusal.RetryAfter) : null);
    }

    private static TimeSpan Longer(TimeSpan? asked, TimeSpan pause) => asked > pause ? asked.Value : pause;

    private static TimeSpan PauseOf(int attempt) => attempt < 6 ? FirstPause * Math.Pow(2, attempt - 1) : LongestPause;

    private static IEnumerable<RejectedItem> Items(IEnumerable<(EntityLines Lines, object? Answer)> answers, IReadOnlyDictionary<string, string> aside) =>
        answers.Where(answer => aside.ContainsKey(answer.Lines.EntityId)).SelectMany(answer => answer.Lines.Places.Select(
            place => new RejectedItem(place, AsideLetters.Reason(answer.Lines.EntityId, aside[answer.Lines.EntityId]))));
}
