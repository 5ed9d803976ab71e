using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>A process has moved from one writer slot to another.</summary>
/// <param name="From">The slot that was lost, or that had no disk.</param>
/// <param name="To">The slot that took its place.</param>
/// <param name="Taken">Events that its log did not have yet and that went along.</param>
/// <param name="Gone">Events that the ring did not hold any more.</param>
internal sealed record SlotMoved(WriterSlot From, WriterSlot To, long Taken, long Gone)
{
    public override string ToString() =>
        $"{Why}: this process goes on in slot {To.Number}; {Taken} events went along, {Gone} were lost.";

    private string Why => From.HasLock ? $"The lock and the ring of writer slot {From.Number} were deleted" : "The base directory answers";
}
