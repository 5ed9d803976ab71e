using TelemetryActors.Runs;

namespace TelemetryActors.Sqlite;

/// <summary>A run as its lines so far tell it, and whether its row is there.</summary>
/// <param name="state">What the lines say.</param>
/// <param name="firstLine">When the first line that made it happened.</param>
internal sealed class FoldedRun(RunState state, DateTimeOffset firstLine)
{
    public RunState State => state;

    public DateTimeOffset FirstLine => firstLine;

    /// <summary>Whether it has a row.</summary>
    public bool IsStored { get; set; }

    /// <summary>The agent that its row names.</summary>
    public string? StoredAgent { get; set; }

    /// <summary>Whether the batch at hand has changed it.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Whether the batch at hand has changed nothing but counts.</summary>
    public bool IsOnlyCounted { get; set; } = true;
}
