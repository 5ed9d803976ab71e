using System.Diagnostics.CodeAnalysis;

namespace TelemetryActors.Sqlite;

/// <summary>The store in memory of a kit and all its copies: there since a sink was first made for it, and as long as the options that name it, also while no sink has it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Options are nobody's to dispose; the connection goes with them.")]
internal sealed class MemoryStore
{
    private readonly Lock _gate = new();

    // SQLite forgets what is in memory with its last connection.
    private Database? _kept;

    /// <summary>What it is opened by.</summary>
    public string Path { get; } = $"file:telemetry-{Guid.NewGuid():n}?mode=memory&cache=shared";

    /// <summary>Keeps it from now on.</summary>
    public void Keep()
    {
        lock (_gate)
        {
            _kept ??= Database.OpenToWrite(Path);
        }
    }
}
