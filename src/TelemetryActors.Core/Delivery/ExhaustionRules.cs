using TelemetryActors.Events;

namespace TelemetryActors.Delivery;

/// <summary>What becomes of a batch whose upload has used all its attempts: the sink's policy decides over new events, but only an operator throws away what an operator put there.</summary>
internal sealed class ExhaustionRules(SinkPolicy policy, SlotLedger ledger, UploadInProgress upload)
{
    private SinkPolicy _policy = policy;

    // Where bounds name what the destination stores, letters would come again with others, and be counted twice.
    private bool IsKept => _policy.WhenExhausted == WhenExhausted.Keep || (_policy.KeepsBoundsFirst && !IsNew);

    private bool IsNew => upload.Range.Lane.Origin == BatchOrigin.Live;

    public void Use(SinkPolicy changed) => _policy = changed;

    /// <summary>Decides it; a batch that is kept goes with the next upload.</summary>
    public Settlement Apply(string cause)
    {
        var range = upload.Range;
        if (IsKept)
        {
            upload.EndUpload();
            return new Settlement(Verdict.Kept, range, [], cause);
        }

        var letters = new List<DeadLetter>(ledger.Condemn());
        if (IsNew)
        {
            ledger[range.Lane].Drop(range.End, DropReason.Discarded);
            return new Settlement(Verdict.Discarded, range, letters, cause);
        }

        // Not kept: one that never arrives would hold up what is new.
        letters.AddRange(Enumerable.Range(0, range.Count).Select(index => new DeadLetter(range.Slot, range.Start, index, cause, upload.Attempts) { Origin = range.Lane.Origin }));
        ledger[range.Lane].Settle(range.End, range.Count, DropCounts.None);
        return new Settlement(Verdict.SetAside, range, letters, cause);
    }
}
