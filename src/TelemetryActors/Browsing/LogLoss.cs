using TelemetryActors.Events;

namespace TelemetryActors.Browsing;

/// <summary>Events of a slot's stream that no file of its log holds.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Count">Events; 0 where only the place is worth a word.</param>
/// <param name="Text">What is said of it, with file and position.</param>
/// <param name="IsFault">Whether nothing explains it.</param>
internal sealed record LogLoss(DropReason Reason, long Count, string Text, bool IsFault);
