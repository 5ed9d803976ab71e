using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>The policies the product's own sinks start from. Their numbers stand here and nowhere else.</summary>
public static class SinkPolicies
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    // 10 KB a payload (S2.6), read as 10,000 bytes, less what a JSON body puts around its events.
    private const int UploadBytes = 10_000 - 100;

    // Apart from the policy, because every start asks for them and none but an upload's needs the policies.
    internal const int UploadEvents = 50;

    internal static TimeSpan UploadInterval => TimeSpan.FromSeconds(30);

    /// <summary>The event log: whatever is there goes to the disk at once.</summary>
    public static SinkPolicy EventLog { get; } = new()
    {
        FlushEvents = 1,
        MaxBatchEvents = int.MaxValue,
        MaxBatchBytes = MiB,
        FlushInterval = TimeSpan.Zero,
        RetryDelays = [TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50)],
        WhenExhausted = WhenExhausted.Keep,
        CallTimeout = TimeSpan.FromSeconds(30),
        ProbeTimeout = TimeSpan.FromSeconds(10),
        Circuit = CircuitPolicy.EventLog,
        DrainPace = TimeSpan.Zero,
    };

    /// <summary>A local database; a locked one is tried again after 100, 200 and 400 ms (S4.8).</summary>
    public static SinkPolicy LocalDatabase { get; } = EventLog with
    {
        FlushEvents = 500,
        MaxBatchEvents = 5000,
        FlushInterval = TimeSpan.FromSeconds(1),
        RetryDelays = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400)],
        Circuit = CircuitPolicy.LocalDatabase,
    };

    /// <summary>The owner's bucket: large batches, at most one retry after 5 s (S1.16), nothing discarded.</summary>
    public static SinkPolicy Remote { get; } = new()
    {
        FlushEvents = 50_000,
        MaxBatchEvents = 50_000,
        MaxBatchBytes = 8 * MiB,
        FlushInterval = TimeSpan.FromMinutes(1),
        RetryDelays = [TimeSpan.FromSeconds(5)],
        WhenExhausted = WhenExhausted.Keep,
        CallTimeout = TimeSpan.FromSeconds(100),
        ProbeTimeout = TimeSpan.FromSeconds(100),
        Circuit = CircuitPolicy.Remote,
        DrainPace = TimeSpan.FromMilliseconds(200),
        KeepsBoundsFirst = true,
    };

    /// <summary>Uploads over HTTP: 50 events or 30 s (S2.5), 100 events at the most (S2.4), 10 KB (S2.6), one retry, then discarded (S1.15).</summary>
    public static SinkPolicy Upload { get; } = Remote with
    {
        FlushEvents = UploadEvents,
        MaxBatchEvents = 100,
        MaxBatchBytes = UploadBytes,
        FlushInterval = UploadInterval,
        WhenExhausted = WhenExhausted.Discard,
        CallTimeout = TimeSpan.FromSeconds(30),
        ProbeTimeout = TimeSpan.FromSeconds(30),
        KeepsBoundsFirst = false,
    };

    /// <summary>Community reports: as an upload, and what is left of personal data is stripped (S1.11).</summary>
    public static SinkPolicy Community { get; } = Upload with { Privacy = PrivacyPolicy.Strip };

    /// <summary>Community reports that hold counts: one an hour, sooner when a batch is full. Its bounds name the report, so they are kept first.</summary>
    public static SinkPolicy CommunityReports { get; } = Community with
    {
        FlushEvents = 10_000,
        MaxBatchEvents = 10_000,
        MaxBatchBytes = MiB,
        FlushInterval = TimeSpan.FromHours(1),
        KeepsBoundsFirst = true,
    };

    /// <summary>Runs posted to an API: tried again after 1, 2 and 4 s, then kept for later (S4.13, S4.19).</summary>
    /// <remarks>Most events of a batch are no ends of runs and cost no request; one call posts what its time allows, and the rest goes with the next.</remarks>
    public static SinkPolicy RunPosting { get; } = Upload with
    {
        FlushEvents = 1000,
        MaxBatchEvents = 1000,
        MaxBatchBytes = 256 * KiB,
        FlushInterval = TimeSpan.FromSeconds(1),
        CallTimeout = TimeSpan.FromSeconds(60),
        ProbeTimeout = TimeSpan.FromSeconds(60),
        RetryDelays = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)],
        WhenExhausted = WhenExhausted.Keep,
    };

    /// <summary>A delegate of the user's: up to 3 attempts, 1000 ms x attempt between them (S2.70), then kept for later.</summary>
    public static SinkPolicy Custom { get; } = Upload with
    {
        MaxBatchBytes = MiB,
        RetryDelays = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)],
        WhenExhausted = WhenExhausted.Keep,
    };

    /// <summary>The console: at once; what it cannot take is of no later use.</summary>
    public static SinkPolicy Console { get; } = EventLog with
    {
        MaxBatchEvents = 1000,
        MaxBatchBytes = 64 * KiB,
        RetryDelays = [],
        WhenExhausted = WhenExhausted.Discard,
        CallTimeout = TimeSpan.FromSeconds(10),
    };
}
