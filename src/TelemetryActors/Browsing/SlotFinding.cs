using TelemetryActors.Pipeline;

namespace TelemetryActors.Browsing;

/// <summary>What an audit found out about one slot's log.</summary>
/// <param name="Slot">The writer slot.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="End">Behind the last event of its files.</param>
/// <param name="Events">Events its files hold.</param>
/// <param name="Faults">What is missing or does not fit, with file and position.</param>
/// <param name="Notes">What is worth knowing and no fault.</param>
internal sealed record SlotFinding(int Slot, StreamId Stream, Cursor End, long Events, IReadOnlyList<string> Faults, IReadOnlyList<string> Notes)
{
    /// <summary>Whether a ring was lost of which nobody knows what it held: more may be missing than is counted.</summary>
    public bool MayHaveLostMore { get; init; }
}
