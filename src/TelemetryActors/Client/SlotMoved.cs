using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>A process has moved from one writer slot to another.</summary>
/// <param name="From">The slot that was lost.</param>
/// <param name="To">The slot that took its place.</param>
/// <param name="Taken">Events that its log did not have yet and that went along.</param>
/// <param name="Gone">Events that the ring did not hold any more.</param>
internal sealed record SlotMoved(WriterSlot From, WriterSlot To, long Taken, long Gone)
{
    public override string ToString() =>
        $"The lock and the ring of writer slot {From.Number} were deleted: this process goes on in slot {To.Number}; {Taken} events went along, {Gone} were lost.";
}
