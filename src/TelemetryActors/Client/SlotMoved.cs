using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>A process has moved from one writer slot to another.</summary>
/// <param name="From">The slot that was lost, or that had no disk.</param>
/// <param name="To">The slot that took its place.</param>
/// <param name="Taken">Events that went along: those that the log of a lost slot did not have yet, or that an fsync had failed for.</param>
/// <param name="Gone">Events that neither log nor ring held any more.</param>
/// <param name="InDoubt">Events that an fsync had failed for and that the ring did not hold any more.</param>
internal sealed record SlotMoved(WriterSlot From, WriterSlot To, long Taken, long Gone, long InDoubt)
{
    public override string ToString() =>
        $"{Why}: this process goes on in slot {To.Number}; {What}, {Gone} were lost{(InDoubt > 0 ? $", {InDoubt} are in doubt" : "")}.";

    private string Why => From.HasLock ? $"The lock and the ring of writer slot {From.Number} were deleted" : "The base directory answers";

    private string What => From.HasLock ? $"{Taken} events went along" : $"{From.Log.Written.Ordinal} events stand in the log of slot {From.Number}";
}
