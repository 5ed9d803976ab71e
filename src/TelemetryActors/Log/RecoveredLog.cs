using TelemetryActors.Pipeline;

namespace TelemetryActors.Log;

/// <summary>What the files of a writer slot hold, as found at a start.</summary>
/// <param name="Stream">The slot's stream; none when nothing was found.</param>
/// <param name="IsClean">Whether the last writer ended in order.</param>
/// <param name="OpenRuns">Runs that may have been open at <paramref name="Known"/>, with their agents.</param>
/// <param name="Known">The state as it was written down; its end may lie beyond what the files hold.</param>
/// <param name="Index">The stretches of the stream.</param>
/// <param name="TornFrom">In the last stretch's file, the first byte behind its last whole line.</param>
/// <param name="TornBytes">How many bytes of a torn line follow there.</param>
internal sealed record RecoveredLog(
    StreamId Stream, bool IsClean, IReadOnlyList<KeyValuePair<string, string>> OpenRuns, Cursor Known, LogIndex Index, long TornFrom, long TornBytes)
{
    /// <summary>What is missing right before the known end and no anchor says.</summary>
    public LogGap? UntoldGap { get; init; }

    /// <summary>Where the last writer's ring was; null when it is not known.</summary>
    public RingPlace? Ring { get; init; }

    /// <summary>The instance of the last writer that has written the state; null when that was not known.</summary>
    public string? Writer { get; init; }

    /// <summary>Events whose fate a failed fsync left unknown.</summary>
    public long InDoubt { get; init; }

    /// <summary>Whether none of the files may be gone on with: an fsync failed, and nothing has come to the device in another one since.</summary>
    public bool HasFailedSync { get; init; }

    /// <summary>Whether the last file may be gone on with: one that has less than the state says would, once it has grown, be taken for what it was.</summary>
    public bool MayContinue { get; init; } = true;

    /// <summary>Behind the newest event that the files hold, or held as far as is known.</summary>
    public Cursor End => Index.Furthest?.End ?? Known;
}
