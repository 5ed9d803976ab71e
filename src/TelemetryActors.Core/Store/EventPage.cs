using TelemetryActors.Encoding;

namespace TelemetryActors.Store;

/// <summary>Some events in the order that was asked for.</summary>
/// <param name="Events">The events, each with bytes of its own.</param>
/// <param name="Next">What <see cref="EventQuery.After"/> takes to go on; null when these were the last.</param>
public sealed record EventPage(IReadOnlyList<EventLine> Events, string? Next);
