using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Delivery;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>What the answers to the messages of one batch mean for the batch.</summary>
internal static class ClusterOutcome
{
    /// <summary>Delivered when all were taken; to be rejected only when nothing but refused lines is left, so that what is at fault can be found by halves.</summary>
    /// <param name="answers">The last answer of each actor: taken, refused, or null for none in time.</param>
    public static SinkOutcome Of(IReadOnlyCollection<object?> answers)
    {
        var open = answers.Where(answer => answer is not RunBatchTaken).ToList();
        if (open.Count == 0)
        {
            return SinkOutcome.Delivered;
        }

        var refusals = open.OfType<RunBatchRefused>().ToList();
        var silent = open.Count - refusals.Count;
        if (silent > 0)
        {
            return new SinkOutcome.Retry($"{silent} of {answers.Count} runs were not answered for in time");
        }

        var later = refusals.Where(refusal => !refusal.IsFinal).ToList();
        return later.Count > 0
            ? new SinkOutcome.Retry(later[0].Reason, later.All(refusal => refusal.RetryAfter is not null) ? later.Max(refusal => refusal.RetryAfter) : null)
            : new SinkOutcome.Rejected(refusals[0].Reason);
    }
}
