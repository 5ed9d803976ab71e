namespace TelemetryActors.Events;

/// <summary>The names of the events that a runtime and its services record; any other name is as good (S0.26).</summary>
public static class StandardEvents
{
    /// <summary>The supervisor started (S0.9).</summary>
    public const string RuntimeStart = "runtime_start";

    /// <summary>The supervisor is shutting down (S0.10).</summary>
    public const string RuntimeShutdown = "runtime_shutdown";

    /// <summary>A fatal error of the runtime; details hold <c>error</c> (S0.11).</summary>
    public const string RuntimeError = "runtime_error";

    /// <summary>A service's process was launched; details hold <c>service_id</c> (S0.12).</summary>
    public const string ServiceStart = "service_start";

    /// <summary>A service passed its readiness check (S0.13).</summary>
    public const string ServiceReady = "service_ready";

    /// <summary>A service failed its readiness check (S0.14).</summary>
    public const string ServiceNotReady = "service_not_ready";

    /// <summary>A service's process exited (S0.15).</summary>
    public const string ServiceExit = "service_exit";

    /// <summary>A service waits for what it depends on (S0.16).</summary>
    public const string ServiceBlocked = "service_blocked";

    /// <summary>The result of looking for a GPU (S0.17).</summary>
    public const string GpuStatus = "gpu_status";

    /// <summary>Required secrets were not provided (S0.18).</summary>
    public const string SecretsMissing = "secrets_missing";

    /// <summary>Secrets were submitted through the API (S0.19).</summary>
    public const string SecretsUpdated = "secrets_updated";

    /// <summary>A migration began to run (S0.20).</summary>
    public const string MigrationStart = "migration_start";

    /// <summary>A migration ended well (S0.21).</summary>
    public const string MigrationApplied = "migration_applied";

    /// <summary>A migration failed (S0.22).</summary>
    public const string MigrationFailed = "migration_failed";

    /// <summary>A required asset was not found (S0.23).</summary>
    public const string AssetMissing = "asset_missing";

    /// <summary>An asset's SHA-256 is not the expected one (S0.24).</summary>
    public const string AssetChecksumMismatch = "asset_checksum_mismatch";

    /// <summary>An asset is larger than its budget (S0.25).</summary>
    public const string AssetSizeExceeded = "asset_size_exceeded";

    /// <summary>All of them, in this order.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        RuntimeStart,
        RuntimeShutdown,
        RuntimeError,
        ServiceStart,
        ServiceReady,
        ServiceNotReady,
        ServiceExit,
        ServiceBlocked,
        GpuStatus,
        SecretsMissing,
        SecretsUpdated,
        MigrationStart,
        MigrationApplied,
        MigrationFailed,
        AssetMissing,
        AssetChecksumMismatch,
        AssetSizeExceeded,
    ];
}
