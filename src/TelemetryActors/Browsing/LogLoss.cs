using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;

namespace TelemetryActors.Browsing;

/// <summary>Events of a slot's stream that no file of its log holds, and no ring either.</summary>
/// <param name="Reason">Why.</param>
/// <param name="From">Before the first of them.</param>
/// <param name="To">Behind the last; the same where only the place is worth a word.</param>
/// <param name="Text">What is said of it, with file and position.</param>
/// <param name="IsFault">Whether nothing explains it, or what does is not written down yet.</param>
internal sealed record LogLoss(DropReason Reason, Cursor From, Cursor To, string Text, bool IsFault)
{
    public long Count => To.Ordinal - From.Ordinal;

    /// <summary>Whether positions went on after a jump behind it: what the ring held that was lost there, nobody knows, and it may be more than is counted.</summary>
    public bool MayHaveLostMore => Reason == DropReason.InDoubt && To.Position - From.Position >= PositionJump.Step / 2;
}
