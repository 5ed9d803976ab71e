using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Sinks.S3;

/// <summary>Defines the s3 sink: one batch is one object, at most one retry (S1.16), nothing discarded, bounds kept before the first byte.</summary>
internal static class S3SinkRegistration
{
    public const string DefaultName = "s3";

    private const int MiB = 1024 * 1024;

    public static SinkDefinition Define(S3Options options, TelemetryPreset preset, Func<string> deviceId) =>
        new(DefaultName, Policy(options, preset), context => new S3Sink(options, () => S3Connection.Open(options), deviceId(), context.Time))
        {
            SendsOnlyWhatIsDue = !(options.SendAtEnd ?? preset != TelemetryPreset.Small),
        };

    /// <summary>Only bytes and age make an object due: a number of events says nothing of its size.</summary>
    private static SinkPolicy Policy(S3Options options, TelemetryPreset preset) => SinkPolicies.Remote with
    {
        FlushEvents = int.MaxValue,
        MaxBatchEvents = int.MaxValue,
        MaxBatchBytes = (int)(options.ObjectBytes ?? DefaultBytes(preset)),
        FlushInterval = options.ObjectAge,
    };

    // A batch is held in memory while it goes out: a small program has little of it, and a collector gathers for many.
    private static long DefaultBytes(TelemetryPreset preset) => preset switch
    {
        TelemetryPreset.Small => MiB,
        TelemetryPreset.Collector => 32 * MiB,
        _ => 8 * MiB,
    };
}
