namespace TelemetryActors.Delivery;

/// <summary>A sink that keeps its cursors and counts with its data, so that both change in one step.</summary>
/// <remarks>
/// In <see cref="ISink.DeliverAsync"/> it stores the batch's end as the slot's cursor. Events between the cursor it had and the batch's start are gone;
/// they are to be counted as dropped, under the reasons that <see cref="SinkBatch.Gone"/> tells, so that the account it gives back is balanced.
/// A batch may begin before the cursor, also at a slot's oldest event, where the engine does not know that all of it was settled: what lies before the cursor
/// is neither stored nor counted again, and what of it is refused is said again.
/// A batch whose <see cref="SinkBatch.Origin"/> is not live changes neither cursor nor counts: its events are stored unless they are there already.
/// </remarks>
public interface IKeepsAccounts
{
    /// <summary>What the sink's own data say; called before the first batch, and again when the sink was made anew because it threw.</summary>
    IReadOnlyList<SinkAccount> LoadAccounts();
}
