using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Pipeline;
using TelemetryActors.Sinks.S3;
using TelemetryActors.Sqlite;

namespace TelemetryActors.Cli.Sinks;

/// <summary>The sinks that the settings of a base directory ask for, whether they have run yet or not. Those that only a program's code adds are not known here.</summary>
internal static class ConfiguredSinks
{
    private const string SqliteEnabled = $"sinks.{SqliteKit.SinkName}.enabled";

    /// <summary>Those that keep a state, by name.</summary>
    public static IReadOnlyList<string> Names(StartSettings start) =>
    [
        .. SinkList.Of(start.Options, () => false, new DeviceIdentityFile(start.Options.Files, start.Folder.Path, start.Options.DeviceId))
            .Where(sink => sink.State != KeptState.None)
            .Select(sink => sink.Name),
    ];

    /// <summary>Those that have a destination and are switched off, with the setting that does so.</summary>
    public static IReadOnlyDictionary<string, string> Off(StartSettings start)
    {
        var options = start.Options;
        var off = new Dictionary<string, string>();
        AddByTransport("http", options.Http.Endpoint is not null, TelemetryTransport.Http);
        AddByTransport("s3", options.Kit<S3Kit>().Options.Bucket is not null, TelemetryTransport.Custom);
        Add("s3", !options.EnableS3, "enable_s3_diagnostics");
        Add("community", options.Community.Endpoint is not null && !options.EnableCommunity, "enable_community_telemetry");
        Add(SqliteKit.SinkName, !options.Kit<SqliteKit>().Options.Enabled && IsSetOutside(start, SqliteEnabled), SqliteEnabled);
        Add("runs", options.RunPosting is { Endpoint: not null, Enabled: false }, "sinks.runs.enabled");
        return off;

        void AddByTransport(string sink, bool hasDestination, TelemetryTransport needed)
        {
            if (hasDestination && options.Transport is { } transport && transport != needed)
            {
                off[sink] = $"transport is {transport.ToString().ToLowerInvariant()}";
            }
        }

        void Add(string sink, bool isOff, string setting)
        {
            if (isOff)
            {
                off[sink] = $"{setting} is false";
            }
        }
    }

    // What nobody has set may be on in a program's code.
    private static bool IsSetOutside(StartSettings start, string path) => start.Resolved.Values.Any(value => value.Path == path && value.Origin > SettingOrigin.Code);
}
