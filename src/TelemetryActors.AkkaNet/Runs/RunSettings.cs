namespace TelemetryActors.AkkaNet.Runs;

/// <summary>How the actors of runs live.</summary>
internal sealed record RunSettings
{
    /// <summary>Goes before the run's id in the journal. A cluster's runs are shared by its nodes, a node's own are not.</summary>
    public string PersistencePrefix { get; init; } = "run-";

    /// <summary>Whether the journal is read at once for runs of other processes that are still in hand; false where it holds none: then it is opened when it is first needed.</summary>
    /// <remarks>Asked once for each start, on a thread of its own: it may look at a disk that hangs. One that throws says yes.</remarks>
    public Func<bool> MayHoldRuns { get; init; } = () => true;

    /// <summary>How long a run may be silent before it is closed as abandoned.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long an actor stays in memory after the last word of a run that has ended, or of lines of no run.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an append may take before the batch is refused.</summary>
    public TimeSpan AppendTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>When a batch that found no room, or an end that could not be written, is to be tried again.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Batches that wait behind the one under way; more are refused.</summary>
    public int MaxHeld { get; init; } = 16;

    /// <summary>Batches taken between two snapshots.</summary>
    public int SnapshotEvery { get; init; } = 100;

    /// <summary>What this process's own runs said that their actors have yet to hear; null where runs are others' alone.</summary>
    public RunLineRelay? OwnLines { get; init; }

    /// <summary>Takes out of the journal what is gone, and says how many rows; null where nothing is to be done. Called now and then, on a background thread.</summary>
    public Func<int>? Upkeep { get; init; }

    /// <summary>Tells of the journal when it fails.</summary>
    public JournalTrouble Trouble { get; init; } = new(TimeProvider.System);

    /// <summary>The journal's plugin.</summary>
    public string Journal { get; init; } = RunJournal.JournalPlugin;

    /// <summary>The snapshot store's plugin.</summary>
    public string Snapshots { get; init; } = RunJournal.SnapshotPlugin;
}
