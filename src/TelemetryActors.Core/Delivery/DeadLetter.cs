using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>An event that a sink refused for good, to be set aside with the reason.</summary>
/// <param name="Slot">The number of the source to read: the writer slot, 0 for dead letters put back.</param>
/// <param name="From">A place at or before the event.</param>
/// <param name="Index">The event's place behind <paramref name="From"/>, from 0.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="Attempt">How often it was tried.</param>
public sealed record DeadLetter(int Slot, Cursor From, int Index, string Reason, int Attempt)
{
    /// <summary>Why the event went to the sink: only what went once more can be a letter already, which this one then replaces.</summary>
    public BatchOrigin Origin { get; init; }

    /// <inheritdoc cref="Refusal.IsAnnouncement" />
    internal bool IsAnnouncement { get; init; }
}
