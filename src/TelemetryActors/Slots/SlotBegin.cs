using TelemetryActors.Log;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Slots;

/// <summary>What a slot's new writer begins with, behind what the last one left.</summary>
/// <param name="At">Where its ring begins.</param>
/// <param name="Index">What the log's files hold.</param>
/// <param name="Start">What became of what was left.</param>
/// <param name="MayContinue">Whether the log's last file may be gone on with.</param>
/// <param name="HasFailedSync">Whether an fsync failed, and nothing has come to the device in another file since: none of those there is gone on with, after a further death as well.</param>
/// <param name="Gap">What is missing right before it; null when nothing is, or an anchor says so.</param>
/// <param name="InDoubt">Events of earlier writers that failed fsyncs have left in doubt.</param>
internal sealed record SlotBegin(Cursor At, LogIndex Index, SlotStart Start, bool MayContinue, bool HasFailedSync, LogGap? Gap, long InDoubt)
{
    /// <summary>Whether nothing is in doubt before it, although it begins far above the log's end, because the disk refused to note that it begins.</summary>
    public bool IsClean { get; init; }
}
