using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>One file of the event log as it was when it was looked at.</summary>
/// <param name="Name">Its label, slot and number.</param>
/// <param name="Path">Where it is.</param>
/// <param name="File">Which file it was, and how long; what came behind is not read.</param>
/// <param name="Begin">What its first line, an anchor, says; null when there is none.</param>
internal sealed record LogPart(LogFileName Name, string Path, FileIdentity File, Cursor? Begin)
{
    public long Length => File.Length;

    /// <summary>Whether another look found the same file, which may have grown: a file that was deleted may leave its number to the next one, but not what its first line says.</summary>
    public bool IsSameFile(LogPart other) => File.IsSameFile(other.File) && Begin == other.Begin;
}
