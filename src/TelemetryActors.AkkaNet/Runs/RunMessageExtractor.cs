using Akka.Cluster.Sharding;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Says to which run, and to which shard of runs, a message belongs.</summary>
/// <remarks>Every node must use the same number of shards, for ever: where a run is remembered depends on it.</remarks>
public sealed class RunMessageExtractor() : HashCodeMessageExtractor(Shards)
{
    /// <summary>The name of the shard region of runs.</summary>
    public const string Region = "telemetry-runs";

    /// <summary>How many shards the runs are dealt to: ten for each node of a large cluster.</summary>
    public const int Shards = 100;

    /// <inheritdoc />
    public override string? EntityId(object message) => (message as IRunMessage)?.EntityId;
}
