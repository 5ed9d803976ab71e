using TelemetryActors.Pipeline;

namespace TelemetryActors.Log;

/// <summary>What stands in no file right before a place of the stream.</summary>
/// <param name="Before">The place.</param>
/// <param name="Gap">How much, and why.</param>
internal sealed record ToldGap(Cursor Before, LogGap Gap);
