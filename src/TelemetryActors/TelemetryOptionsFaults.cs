using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;

namespace TelemetryActors;

/// <summary>Programming errors in <see cref="TelemetryOptions"/>, each with its path.</summary>
internal static class TelemetryOptionsFaults
{
    private const long KiB = 1024;
    private const long SmallestRing = 128 * KiB;
    private const long LargestRing = KiB * KiB * KiB;
    private const int LargestBuffer = 10_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestStart = TimeSpan.FromMilliseconds(10);

    public static IEnumerable<string> Of(TelemetryOptions options)
    {
        if (options.RingBytes is < SmallestRing or > LargestRing)
        {
            yield return $"RingBytes must be from {SmallestRing} to {LargestRing}, not {options.RingBytes}";
        }

        if (options.MaxWait < TimeSpan.Zero || options.MaxWait > LongestWait)
        {
            yield return $"MaxWait must be from 0 to {LongestWait}, not {options.MaxWait}";
        }

        if (options.RunLease < TimeSpan.FromSeconds(1))
        {
            yield return $"RunLease must be at least 1 s, not {options.RunLease}";
        }

        if (options.StartBudget < ShortestStart)
        {
            yield return $"StartBudget must be at least {ShortestStart}, not {options.StartBudget}";
        }

        if (options.ShutdownBudget < TimeSpan.Zero)
        {
            yield return $"ShutdownBudget must not be negative, not {options.ShutdownBudget}";
        }

        if (options.Log.File is { } file && !LogFileName.CanBeFixed(file))
        {
            yield return $"Log:File must be {LogFileName.FixedRule}, not '{file}'";
        }

        if (options.Log.FsyncInterval <= TimeSpan.Zero)
        {
            yield return $"Log:FsyncInterval must be positive, not {options.Log.FsyncInterval}";
        }

        if (options.Log.MaxFileBytes < 64 * KiB)
        {
            yield return $"Log:MaxFileBytes must be at least {64 * KiB}, not {options.Log.MaxFileBytes}";
        }

        if (options.Log.RetentionBytes < options.Log.MaxFileBytes)
        {
            yield return $"Log:RetentionBytes must be at least Log:MaxFileBytes, not {options.Log.RetentionBytes}";
        }

        foreach (var fault in options.Sampling.Validate())
        {
            yield return $"Sampling:{fault}";
        }

        foreach (var (sink, endpoint) in new[] { ("Http", options.Http.Endpoint), ("Community", options.Community.Endpoint), ("Runs", options.RunPosting.Endpoint) })
        {
            if (endpoint is not null && (!endpoint.IsAbsoluteUri || (endpoint.Scheme != Uri.UriSchemeHttps && endpoint.Scheme != Uri.UriSchemeHttp)))
            {
                yield return $"Sinks:{sink}:Endpoint must be an absolute http or https address, not {endpoint}";
            }
        }

        if (options.RunPosting.Token is { } token && token.Any(c => c is <= ' ' or > '~'))
        {
            yield return "Sinks:Runs:Token must be printable ASCII without blanks";
        }

        if (options.Http.MaxBufferSize is < 1 or > LargestBuffer)
        {
            yield return $"Sinks:Http:MaxBufferSize must be from 1 to {LargestBuffer}, not {options.Http.MaxBufferSize}";
        }

        if (options.Http.FlushInterval < TimeSpan.Zero)
        {
            yield return $"Sinks:Http:FlushInterval must not be negative, not {options.Http.FlushInterval}";
        }

        if (options.DeviceId is { } id && !DeviceIdentity.IsId(id))
        {
            yield return $"DeviceId must be up to 64 letters, digits, dots and hyphens, not {id}";
        }

        foreach (var fault in options.Kits.SelectMany(kit => kit.Faults()))
        {
            yield return fault;
        }

        if (options.Sinks.Any(sink => sink.Name == LocalPipeline.EventLogName))
        {
            yield return $"Sinks:{LocalPipeline.EventLogName} is the event log and is always there";
        }

        foreach (var fault in PipelineDefinition.FaultsOf([.. options.Sinks]))
        {
            yield return fault;
        }
    }
}
