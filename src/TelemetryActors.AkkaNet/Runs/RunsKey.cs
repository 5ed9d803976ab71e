namespace TelemetryActors.AkkaNet.Runs;

/// <summary>The key under which an application's actor registry holds who takes what is told to runs: <see cref="RunBatch"/>, <see cref="RunQuery"/>.</summary>
/// <remarks>A node's own runs, or the shard region of the cluster's where the node collects.</remarks>
public sealed class RunsKey
{
    private RunsKey()
    {
    }
}
