using TelemetryActors.Pipeline;

namespace TelemetryActors.Ring;

/// <summary>What the header says of a ring that nobody will trust again.</summary>
/// <param name="Tail">Behind its newest event.</param>
/// <param name="Head">Up to this position the log had its events on the device.</param>
internal readonly record struct LostRing(Cursor Tail, long Head);
