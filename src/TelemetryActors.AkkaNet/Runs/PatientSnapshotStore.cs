using Akka.Configuration;
using Akka.Persistence.Sql.Snapshot;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>The SQL store of the runs' snapshots, which rests before it tries a database again that it could not open: the framework's own tries without a pause.</summary>
/// <remarks>Named in <c>hocon/reference.conf</c>. What is asked of it meanwhile is refused, so that no run's actor waits in memory.</remarks>
internal sealed class PatientSnapshotStore : SqlSnapshotStore
{
    private readonly Config _settings;

    public PatientSnapshotStore(Config config)
        : base(config) => _settings = config;

    // Only a failed beginning ends the store, and the next one begins when its rest is over.
    protected override void PostRestart(Exception reason) => new DatabaseRest(Context, _settings, PreStart).Begin();
}
