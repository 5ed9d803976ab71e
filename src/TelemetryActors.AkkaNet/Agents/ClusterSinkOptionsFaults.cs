using System.Text.RegularExpressions;
using TelemetryActors.Delivery;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>What is wrong with <see cref="ClusterSinkOptions"/>, each with its path.</summary>
internal static partial class ClusterSinkOptionsFaults
{
    public const string SeedRule = "host or host:port";
    public const string SystemNameRule = "letters, digits and hyphens";
    public const string HostNameRule = "a host name or an address";

    private static readonly TimeSpan LongestOpenTime = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(1);

    public static IEnumerable<string> Of(ClusterSinkOptions options)
    {
        foreach (var seed in options.Seeds.Where(seed => !IsSeed(seed)))
        {
            yield return $"Sinks:Cluster:Seeds holds '{seed}', which is not {SeedRule}";
        }

        if (!IsSystemName(options.SystemName))
        {
            yield return $"Sinks:Cluster:SystemName must be {SystemNameRule}, not '{options.SystemName}'";
        }

        if (options.HostName is { } host && !IsHostName(host))
        {
            yield return $"Sinks:Cluster:HostName must be {HostNameRule}, not '{host}'";
        }

        if (options.Port is < 0 or > ushort.MaxValue)
        {
            yield return $"Sinks:Cluster:Port must be from 0 to {ushort.MaxValue}, not {options.Port}";
        }

        if (options.FlushInterval < TimeSpan.Zero || options.FlushInterval > SinkPolicyFaults.LongestWait)
        {
            yield return $"Sinks:Cluster:FlushInterval must be from 0 to {SinkPolicyFaults.LongestWait}, not {options.FlushInterval}";
        }

        if (options.AnswerTimeout <= TimeSpan.Zero || options.AnswerTimeout > LongestAnswer)
        {
            yield return $"Sinks:Cluster:AnswerTimeout must be over 0 and up to {LongestAnswer}, not {options.AnswerTimeout}";
        }

        if (options.OpenTime < ClusterSinkRegistration.FirstOpenTime || options.OpenTime > LongestOpenTime)
        {
            yield return $"Sinks:Cluster:OpenTime must be from {ClusterSinkRegistration.FirstOpenTime} to {LongestOpenTime}, not {options.OpenTime}";
        }
    }

    /// <summary>Whether an actor system can have this name.</summary>
    public static bool IsSystemName(string name) => SystemNames().IsMatch(name);

    /// <summary>Whether others can be told to reach a process under this name.</summary>
    public static bool IsHostName(string name) => Uri.CheckHostName(name) != UriHostNameType.Unknown;

    /// <summary>Whether a text can be a seed, in a cluster of whatever name.</summary>
    public static bool IsSeed(string text) => SeedAddress.TryParse(text, "") is not null;

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9-]*$")]
    private static partial Regex SystemNames();
}
