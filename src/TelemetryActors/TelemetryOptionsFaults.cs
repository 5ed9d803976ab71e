using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Delivery;
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
    private static readonly TimeSpan ShortestFsync = TimeSpan.FromMilliseconds(1);

    // Far below what a timer takes.
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // Each text is a method of its own: a start looks at every rule, and what none is broken for need not be compiled.
    public static IReadOnlyList<string> Of(TelemetryOptions options)
    {
        var faults = new List<string>();
        AddMissing(faults, options);
        if (faults.Count > 0)
        {
            return faults;
        }

        AddNumbers(faults, options);
        AddChoices(faults, options);
        AddLog(faults, options.Log);
        faults.AddRange(options.Sampling.Validate().Select(fault => $"Sampling:{fault}"));
        AddUploads(faults, options);
        if (options.Kits.Count > 0)
        {
            faults.AddRange(options.Kits.SelectMany(kit => kit.Faults()));
        }

        if (options.Sinks.Count > 0)
        {
            AddSinks(faults, options);
        }

        return faults;
    }

    // What is missing cannot be looked into: the other faults come once it is there.
    private static void AddMissing(List<string> faults, TelemetryOptions options)
    {
        AddMissing(faults, options.Log, nameof(options.Log));
        AddMissing(faults, options.Redaction, nameof(options.Redaction));
        AddMissing(faults, options.Sampling, nameof(options.Sampling));
        AddMissing(faults, options.Http, "Sinks:Http");
        AddMissing(faults, options.Community, "Sinks:Community");
        AddMissing(faults, options.RunPosting, "Sinks:Runs");
        AddMissing(faults, options.Time, nameof(options.Time));
    }

    private static void AddMissing(List<string> faults, object? member, string path)
    {
        if (member is null)
        {
            faults.Add($"{path} must not be null");
        }
    }

    private static void AddChoices(List<string> faults, TelemetryOptions options)
    {
        if (options.Preset is < TelemetryPreset.Service or > TelemetryPreset.Collector)
        {
            faults.Add(Choice(nameof(options.Preset), options.Preset));
        }

        if (options.Transport is < TelemetryTransport.Http or > TelemetryTransport.Custom)
        {
            faults.Add(Choice(nameof(options.Transport), options.Transport.Value));
        }

        if (options.Log.Fsync is < FsyncMode.Interval or > FsyncMode.Never)
        {
            faults.Add(Choice("Log:Fsync", options.Log.Fsync));
        }

        if (options.BaseDirectory is { } directory && !SettingTypes.CanBeDirectory(directory))
        {
            faults.Add(BaseDirectory());
        }
    }

    private static void AddNumbers(List<string> faults, TelemetryOptions options)
    {
        if (options.RingBytes is < SmallestRing or > LargestRing)
        {
            faults.Add(RingBytes(options));
        }

        if (options.MaxWait < TimeSpan.Zero || options.MaxWait > LongestWait)
        {
            faults.Add(MaxWait(options));
        }

        if (options.RunLease < TimeSpan.FromSeconds(1) || options.RunLease > SinkPolicyFaults.LongestWait)
        {
            faults.Add(RunLease(options));
        }

        if (options.StartBudget < ShortestStart || options.StartBudget > Day)
        {
            faults.Add(StartBudget(options));
        }

        if (options.ShutdownBudget < TimeSpan.Zero || options.ShutdownBudget > Day)
        {
            faults.Add(ShutdownBudget(options));
        }

        if (options.DeviceId is { } id && !DeviceIdentity.IsId(id))
        {
            faults.Add(DeviceId(id));
        }
    }

    private static void AddLog(List<string> faults, LogOptions log)
    {
        if (log.File is { } file && !LogFileName.CanBeFixed(file))
        {
            faults.Add(LogFile(file));
        }

        if (log.FsyncInterval < ShortestFsync || log.FsyncInterval > Day)
        {
            faults.Add(FsyncInterval(log));
        }

        if (log.MaxFileBytes < 64 * KiB)
        {
            faults.Add(MaxFileBytes(log));
        }

        if (log.RetentionBytes < log.MaxFileBytes)
        {
            faults.Add(RetentionBytes(log));
        }

        if (log.RetentionAge < TimeSpan.Zero)
        {
            faults.Add(RetentionAge(log));
        }
    }

    private static void AddUploads(List<string> faults, TelemetryOptions options)
    {
        AddEndpoint(faults, "Http", options.Http.Endpoint);
        AddEndpoint(faults, "Community", options.Community.Endpoint);
        AddEndpoint(faults, "Runs", options.RunPosting.Endpoint);
        if (options.RunPosting.Token is { } token && token.Any(c => c is <= ' ' or > '~'))
        {
            faults.Add("Sinks:Runs:Token must be printable ASCII without blanks");
        }

        if (options.Http.MaxBufferSize is < 1 or > LargestBuffer)
        {
            faults.Add(MaxBufferSize(options));
        }

        if (options.Http.FlushInterval < TimeSpan.Zero || options.Http.FlushInterval > SinkPolicyFaults.LongestWait)
        {
            faults.Add(FlushInterval(options));
        }
    }

    private static void AddEndpoint(List<string> faults, string sink, Uri? endpoint)
    {
        if (endpoint is not null && !WebAddress.IsAllowed(endpoint))
        {
            faults.Add($"Sinks:{sink}:Endpoint must be {WebAddress.Rule}");
        }
    }

    private static void AddSinks(List<string> faults, TelemetryOptions options)
    {
        if (options.Sinks.Any(sink => sink?.Name == LocalPipeline.EventLogName))
        {
            faults.Add($"Sinks:{LocalPipeline.EventLogName} is the event log and is always there");
        }

        faults.AddRange(PipelineDefinition.FaultsOf([.. options.Sinks]));
    }

    private static string RingBytes(TelemetryOptions options) => $"RingBytes must be from {SmallestRing} to {LargestRing}, not {options.RingBytes}";

    private static string MaxWait(TelemetryOptions options) => $"MaxWait must be from 0 to {LongestWait}, not {options.MaxWait}";

    private static string RunLease(TelemetryOptions options) => $"RunLease must be from 1 s to {SinkPolicyFaults.LongestWait}, not {options.RunLease}";

    private static string StartBudget(TelemetryOptions options) => $"StartBudget must be from {ShortestStart} to {Day}, not {options.StartBudget}";

    private static string ShutdownBudget(TelemetryOptions options) => $"ShutdownBudget must be from 0 to {Day}, not {options.ShutdownBudget}";

    private static string DeviceId(string id) => $"DeviceId must be up to 64 letters, digits, dots and hyphens, not {id}";

    private static string LogFile(string file) => $"Log:File must be {LogFileName.FixedRule}, not '{file}'";

    private static string FsyncInterval(LogOptions log) => $"Log:FsyncInterval must be from {ShortestFsync} to {Day}, not {log.FsyncInterval}";

    private static string MaxFileBytes(LogOptions log) => $"Log:MaxFileBytes must be at least {64 * KiB}, not {log.MaxFileBytes}";

    private static string RetentionBytes(LogOptions log) => $"Log:RetentionBytes must be at least Log:MaxFileBytes, not {log.RetentionBytes}";

    private static string RetentionAge(LogOptions log) => $"Log:RetentionAge must not be negative, not {log.RetentionAge}";

    private static string Choice<T>(string path, T value)
        where T : struct, Enum => $"{path} must be one of {string.Join(", ", Enum.GetNames<T>())}, not {value}";

    private static string BaseDirectory() => $"BaseDirectory must be {SettingTypes.DirectoryRule}";

    private static string MaxBufferSize(TelemetryOptions options) =>
        $"Sinks:Http:MaxBufferSize must be from 1 to {LargestBuffer}, not {options.Http.MaxBufferSize}";

    private static string FlushInterval(TelemetryOptions options) =>
        $"Sinks:Http:FlushInterval must be from 0 to {SinkPolicyFaults.LongestWait}, not {options.Http.FlushInterval}";
}
