using TelemetryActors.Log;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Browsing;

/// <summary>One file of the event log as it was when it was looked at.</summary>
/// <param name="Name">Its label, slot and number.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Length">Its length then; what came behind is not read.</param>
/// <param name="Begin">What its first line, an anchor, says; null when there is none.</param>
internal sealed record LogPart(LogFileName Name, string Path, long Length, Cursor? Begin);
