using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>Finds what to read for the next batch, and when looking is worth it.</summary>
internal sealed class BatchPlanner(SlotLedger ledger, UploadInProgress upload, OutcomeRules rules, DeliveryRest rest, SinkCircuitBreaker circuit)
{
    // Twice the largest object that settings allow.
    private const int MostExactBytes = 128 * 1024 * 1024;

    public BatchPlan? Plan(SinkPolicy policy, DateTimeOffset now, bool isProbe, bool hurry)
    {
        var isAtFault = isProbe && rules.IsSinkAtFault;
        if (isAtFault && ledger.FaultLane(now) is { } fault)
        {
            return new BatchPlan(fault.Id, fault.Account.Cursor, 1, int.MaxValue, isProbe, NewestOnly: true);
        }

        if (LaneToRepeat() is { } same)
        {
            return new BatchPlan(same.Id, upload.Range.Start, upload.Range.Count, BytesOf(upload.Range.Start, upload.Range.End), isProbe, NewestOnly: false);
        }

        if (ledger.Next(now, hurry || isProbe) is not { } lane)
        {
            return null;
        }

        // Only a redelivery's events can show now whether the sink is wrong: one of them is enough.
        var most = isAtFault ? 1 : lane.IsWhole ? int.MaxValue : policy.MaxBatchEvents;
        return new BatchPlan(
            lane.Id, lane.Front, lane.BatchLimit(most), lane.IsWhole ? BytesOf(lane.Front, lane.Account.Tail) : policy.MaxBatchBytes, isProbe, NewestOnly: false);
    }

    // Bounds that stand fast are read whole, whatever a batch may be by now; positions may jump between them.
    private static int BytesOf(Cursor from, Cursor to) => (int)Math.Clamp(to.Position - from.Position, 1, MostExactBytes);

    /// <summary>When planning is worth another look without new events; null when there is nothing to send.</summary>
    public DateTimeOffset? NextDeadline()
    {
        if (WorkDue() is not { } due)
        {
            return null;
        }

        due = Later(due, rest.Hold.Until);
        return circuit.State == CircuitState.Open ? Later(due, circuit.Record.OpenUntil!.Value) : due;
    }

    // Holds and open time left out.
    private DateTimeOffset? WorkDue()
    {
        var isOpen = circuit.State == CircuitState.Open;
        return (isOpen && rules.IsSinkAtFault && ledger.FaultLane(DateTimeOffset.MaxValue) is not null) || LaneToRepeat() is not null
            ? DateTimeOffset.MinValue
            : ledger.NextDue(isHurry: isOpen);
    }

    // What stood in a ring alone may have gone along to another slot: who waits for it here waits for ever.
    private SlotLane? LaneToRepeat() =>
        upload.IsToRepeat && ledger.Find(upload.Range.Lane) is { } lane
            && lane.Front.Stream == upload.Range.Start.Stream && lane.Account.Tail.Ordinal >= upload.Range.End.Ordinal ? lane : null;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>The ordinal that a slot's tail must reach before more events change something.</summary>
    public long WakeAt(SinkPolicy policy, SlotLane lane)
    {
        var front = lane.Account.Tail.Ordinal - lane.Sendable;
        return lane.Sendable == 0 ? front + 1
            : lane.Sendable < policy.FlushEvents && circuit.State == CircuitState.Closed ? front + policy.FlushEvents
            : long.MaxValue;
    }
}
