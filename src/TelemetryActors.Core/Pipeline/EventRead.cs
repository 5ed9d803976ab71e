using TelemetryActors.Events;

namespace TelemetryActors.Pipeline;

/// <summary>What a read of a stream brought.</summary>
/// <param name="Start">Where the bytes begin; behind the cursor asked for when events before it are gone.</param>
/// <param name="End">Behind the last event that was read.</param>
/// <param name="Bytes">How many bytes of the buffer were filled: whole lines, each with its line feed. Zero when nothing is there.</param>
/// <param name="GoneReason">Why events between the cursor asked for and <paramref name="Start"/> are gone; meaningful when their ordinals differ.</param>
public readonly record struct EventRead(Cursor Start, Cursor End, int Bytes, DropReason GoneReason)
{
    /// <summary>Events that were read.</summary>
    public int Count => (int)(End.Ordinal - Start.Ordinal);
}
