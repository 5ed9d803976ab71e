namespace TelemetryActors.Log;

/// <summary>How the event log is kept.</summary>
public sealed class LogOptions
{
    /// <summary>A fixed file instead of daily ones (S0.27): relative to the base directory, or absolute. Null: daily files under <c>raw/</c> (S4.14).</summary>
    public string? File { get; set; }

    /// <summary>When what is written is brought to the device.</summary>
    public FsyncMode Fsync { get; set; } = FsyncMode.Interval;

    /// <summary>The longest time between two fsyncs in the mode <see cref="FsyncMode.Interval"/>; from 1 ms to a day, 1 s.</summary>
    public TimeSpan FsyncInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A daily file rolls when it would grow beyond this; 64 MiB. A fixed one ends at half of <see cref="RetentionBytes"/> instead.</summary>
    public long MaxFileBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Oldest files go when a writer's log grows beyond this; 2 GiB, six hours of an agent that writes 300 events a second.</summary>
    public long RetentionBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Daily files whose day ended longer ago than this go, never negative; null keeps them until the bytes run out. A fixed file has no day: only its bytes count.</summary>
    public TimeSpan? RetentionAge { get; set; }

    internal LogOptions Copy() => (LogOptions)MemberwiseClone();
}
