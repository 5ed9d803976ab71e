namespace TelemetryActors.Log;

/// <summary>One file of the log as a start found it.</summary>
/// <param name="Name">Its name in the log's directory.</param>
/// <param name="IsKnown">Whether it is the file that the state speaks of.</param>
/// <param name="Stretches">What its anchors say.</param>
/// <param name="End">The first byte behind its last whole line.</param>
/// <param name="Length">Bytes.</param>
internal sealed record ScannedFile(string Name, bool IsKnown, IReadOnlyList<LogStretch> Stretches, long End, long Length)
{
    /// <summary>Whether the state says more of it than is there: a power loss took the rest, or a user, unless another file has the name.</summary>
    public bool IsCut { get; init; }
}
