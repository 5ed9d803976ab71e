using TelemetryActors.Runs;

namespace TelemetryActors.Sqlite;

/// <summary>A run as its lines so far tell it, and whether its row is there.</summary>
/// <param name="state">What the lines say.</param>
/// <param name="firstLine">When the first line that made it happened.</param>
internal sealed class FoldedRun(RunState state, DateTimeOffset firstLine)
{
    public RunState State => state;

    /// <summary>The earliest of the lines that were taken since it was looked for: another writer's, which are read later, may be of before.</summary>
    public DateTimeOffset FirstLine { get; private set; } = firstLine;

    /// <summary>Another line is taken.</summary>
    public void See(DateTimeOffset line) => FirstLine = line < FirstLine ? line : FirstLine;

    /// <summary>Whether it has a row.</summary>
    public bool IsStored { get; set; }

    /// <summary>The agent that its row names.</summary>
    public string? StoredAgent { get; set; }

    /// <summary>Whether the batch at hand has changed it.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Whether the batch at hand has changed nothing but counts.</summary>
    public bool IsOnlyCounted { get; set; } = true;
}
