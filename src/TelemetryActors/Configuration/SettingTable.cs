using TelemetryActors.Delivery;

namespace TelemetryActors.Configuration;

/// <summary>Every setting that can be made from outside: its name, what it may be, and which option it sets. Defaults are the options' own.</summary>
internal sealed class SettingTable
{
    private const long KiB = 1024;
    private const long GiB = KiB * KiB * KiB;

    /// <summary>The setting that no base directory's file can make, because the file is found by it.</summary>
    public static Setting BaseDirectory { get; } =
        Setting.Of("baseDirectory", SettingTypes.Directory, options => options.BaseDirectory, (options, value) => options.BaseDirectory = value);

    /// <summary>The setting that names one file for the log.</summary>
    public static Setting LogFile { get; } =
        Setting.Of("log.file", SettingTypes.LogFile, options => options.Log.File, (options, value) => options.Log.File = value, "telemetry.file");

    /// <summary>The name of the setting whether community reports hold events.</summary>
    public const string CommunitySendEvents = "sinks.community.sendEvents";

    /// <summary>The one switch for everything (S2.9, S3.5).</summary>
    public static Setting Enabled { get; } =
        Setting.Of("enabled", SettingTypes.Switch, options => options.Enabled, (options, value) => options.Enabled = value, "telemetry.enabled") with { FalseWins = true };

    private static readonly IReadOnlyList<Setting> Own =
    [
        Enabled,
        BaseDirectory,
        Setting.Of("preset", SettingTypes.Choice<TelemetryPreset>(), options => options.Preset, (options, value) => options.Preset = value),
        Setting.Of("ringBytes", SettingTypes.Optional(SettingTypes.Bytes(128 * KiB, GiB)), options => options.RingBytes, (options, value) => options.RingBytes = value),
        Setting.Of("maxWait", SettingTypes.Duration(TimeSpan.Zero, TimeSpan.FromSeconds(10)), options => options.MaxWait, (options, value) => options.MaxWait = value),
        Setting.Of("runLease", SettingTypes.Duration(TimeSpan.FromSeconds(1), SinkPolicyFaults.LongestWait), options => options.RunLease, (options, value) => options.RunLease = value),
        Setting.Of("trackGit", SettingTypes.Switch, options => options.TrackGit, (options, value) => options.TrackGit = value),
        .. Log(),
        .. Sampling(),
        Setting.Of("redactPII", SettingTypes.Switch, options => options.Redaction.Enabled, (options, value) => options.Redaction.Enabled = value),
        Setting.Of("redactFields", SettingTypes.Names, options => options.Redaction.Fields, AddRedactedFields),
        .. Upload(),
        .. Community(),
        .. RunPosting(),
        Setting.Of("transport", SettingTypes.Optional(SettingTypes.Choice<TelemetryTransport>()), options => options.Transport, (options, value) => options.Transport = value),
        Setting.Of("debug", SettingTypes.Switch, options => options.Debug, (options, value) => options.Debug = value),
        Setting.Of("recordCrashes", SettingTypes.Switch, options => options.RecordCrashes, (options, value) => options.RecordCrashes = value),
        Setting.Of("enable_community_telemetry", SettingTypes.Switch, options => options.EnableCommunity, (options, value) => options.EnableCommunity = value),
        Setting.Of("enable_s3_diagnostics", SettingTypes.Switch, options => options.EnableS3, (options, value) => options.EnableS3 = value),
        Setting.Of("deviceId", SettingTypes.DeviceId, options => options.DeviceId, (options, value) => options.DeviceId = value),
    ];

    private static readonly SettingTable WithoutKits = new(Own);

    private readonly Dictionary<string, Setting> _byPath;
    private readonly HashSet<string> _sections;

    private SettingTable(IReadOnlyList<Setting> all)
    {
        All = all;
        _byPath = all
            .SelectMany(setting => setting.NormalizedPaths.Select(path => (path, setting)))
            .ToDictionary(entry => entry.path, entry => entry.setting, StringComparer.Ordinal);
        _sections = [.. _byPath.Keys.Select(SectionOf).OfType<string>()];
    }

    /// <summary>All of them, in the order in which they are shown.</summary>
    public IReadOnlyList<Setting> All { get; }

    /// <summary>The settings of options: the library's own, and those of the kits they hold.</summary>
    public static SettingTable Of(TelemetryOptions options) =>
        options.Kits.Count == 0 ? WithoutKits : new SettingTable([.. Own, .. options.Kits.SelectMany(kit => kit.Settings)]);

    /// <summary>The setting of a name in any writing, or of one of its other names; null when there is none.</summary>
    public Setting? Find(string path) => _byPath.GetValueOrDefault(SettingPath.Normalize(path));

    /// <summary>Whether a name is of a sink that this program does not have: a base directory serves programs with different ones.</summary>
    public bool IsOfAnotherSink(string normalizedPath) => SectionOf(normalizedPath) is { } section && !_sections.Contains(section);

    /// <summary>The settings of the section that an option stands in, of a sink's option those of this sink; all where it stands in none.</summary>
    /// <param name="optionPath">For instance <c>Log:MaxFileBytes</c> or <c>Sinks:S3:Bucket</c>.</param>
    public IReadOnlyList<Setting> InSectionOf(string optionPath)
    {
        var path = SettingPath.Normalize(optionPath);
        var section = SectionOf(path) ?? path[..(path.IndexOf('.', StringComparison.Ordinal) + 1)];
        var ofSection = All.Where(setting => setting.NormalizedPaths.Any(name => section.Length > 0 && name.StartsWith(section, StringComparison.Ordinal))).ToList();
        return ofSection.Count > 0 ? ofSection : All;
    }

    // "sinks.http." of "sinks.http.endpoint".
    private static string? SectionOf(string normalizedPath) =>
        normalizedPath.Split('.') is ["sinks", var sink, _, ..] ? $"sinks.{sink}." : null;

    private static IEnumerable<Setting> Log() =>
    [
        LogFile,
        Setting.Of("log.fsync", SettingTypes.Choice<Log.FsyncMode>(), options => options.Log.Fsync, (options, value) => options.Log.Fsync = value),
        Setting.Of(
            "log.fsyncInterval", SettingTypes.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            options => options.Log.FsyncInterval, (options, value) => options.Log.FsyncInterval = value),
        Setting.Of("log.maxFileBytes", SettingTypes.Bytes(64 * KiB, 1024 * GiB), options => options.Log.MaxFileBytes, (options, value) => options.Log.MaxFileBytes = value),
        Setting.Of("log.retentionBytes", SettingTypes.Bytes(64 * KiB, 1024 * 1024 * GiB), options => options.Log.RetentionBytes, (options, value) => options.Log.RetentionBytes = value),
        Setting.Of(
            "log.retentionAge", SettingTypes.Optional(SettingTypes.Duration(TimeSpan.FromHours(1), SinkPolicyFaults.LongestWait)),
            options => options.Log.RetentionAge, (options, value) => options.Log.RetentionAge = value),
    ];

    private static IEnumerable<Setting> Sampling() =>
    [
        Setting.Of("sampling", SettingTypes.Choice<Sampling.SamplingMode>(), options => options.Sampling.Mode, (options, value) => options.Sampling.Mode = value),
        Setting.Of("samplingRate", SettingTypes.Share, options => options.Sampling.Rate, (options, value) => options.Sampling.Rate = value),
        Setting.Of(
            "throttleWindowMs", SettingTypes.Milliseconds(1, int.MaxValue), options => options.Sampling.ThrottleWindow, (options, value) => options.Sampling.ThrottleWindow = value),
        Setting.Of(
            "maxEventsPerWindow", SettingTypes.Count(1, int.MaxValue),
            options => options.Sampling.MaxEventsPerWindow, (options, value) => options.Sampling.MaxEventsPerWindow = value),
    ];

    private static IEnumerable<Setting> Upload() =>
    [
        Setting.Of(
            "endpoint", SettingTypes.Address, options => options.Http.Endpoint, (options, value) => options.Http.Endpoint = value,
            "upload_url", "telemetry.upload_url", "sinks.http.endpoint"),
        Setting.Of(
            "maxBufferSize", SettingTypes.Count(1, 10_000), options => options.Http.MaxBufferSize, (options, value) => options.Http.MaxBufferSize = value,
            "sinks.http.maxBufferSize"),
        Setting.Of(
            "flushIntervalMs", SettingTypes.Milliseconds(0, int.MaxValue), options => options.Http.FlushInterval, (options, value) => options.Http.FlushInterval = value,
            "sinks.http.flushIntervalMs"),
    ];

    private static IEnumerable<Setting> Community() =>
    [
        Setting.Of("sinks.community.endpoint", SettingTypes.Address, options => options.Community.Endpoint, (options, value) => options.Community.Endpoint = value),
        Setting.Of(CommunitySendEvents, SettingTypes.Switch, options => options.Community.SendEvents, (options, value) => options.Community.SendEvents = value),
        Setting.Of("sinks.community.appName", SettingTypes.Text, options => options.Community.AppName, (options, value) => options.Community.AppName = value),
        Setting.Of("sinks.community.appVersion", SettingTypes.Text, options => options.Community.AppVersion, (options, value) => options.Community.AppVersion = value),
    ];

    private static IEnumerable<Setting> RunPosting() =>
    [
        Setting.Of("sinks.runs.endpoint", SettingTypes.Address, options => options.RunPosting.Endpoint, (options, value) => options.RunPosting.Endpoint = value),
        Setting.Of("sinks.runs.enabled", SettingTypes.Switch, options => options.RunPosting.Enabled, (options, value) => options.RunPosting.Enabled = value),
        Setting.Of("sinks.runs.token", SettingTypes.Secret, options => options.RunPosting.Token, (options, value) => options.RunPosting.Token = value) with { IsSecret = true },
    ];

    // Whoever is outside can have more redacted, and never less, than the code wants.
    private static void AddRedactedFields(TelemetryOptions options, IEnumerable<string> names)
    {
        foreach (var name in names.Except(options.Redaction.Fields, StringComparer.OrdinalIgnoreCase).ToList())
        {
            options.Redaction.Fields.Add(name);
        }
    }
}
