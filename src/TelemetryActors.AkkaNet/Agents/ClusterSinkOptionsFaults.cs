using System.Text.RegularExpressions;

namespace TelemetryActors.AkkaNet.Agents;

/// <summary>What is wrong with <see cref="ClusterSinkOptions"/>, each with its path.</summary>
internal static partial class ClusterSinkOptionsFaults
{
    private static readonly TimeSpan LongestOpenTime = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(1);

    public static IEnumerable<string> Of(ClusterSinkOptions options)
    {
        foreach (var seed in options.Seeds.Where(seed => SeedAddress.TryParse(seed, options.SystemName) is null))
        {
            yield return $"Sinks:Cluster:Seeds holds '{seed}', which is not host or host:port";
        }

        if (!IsSystemName(options.SystemName))
        {
            yield return $"Sinks:Cluster:SystemName must be letters, digits and hyphens, not '{options.SystemName}'";
        }

        if (options.HostName is { } host && Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            yield return $"Sinks:Cluster:HostName must be a host name or an address, not '{host}'";
        }

        if (options.Port is < 0 or > ushort.MaxValue)
        {
            yield return $"Sinks:Cluster:Port must be from 0 to {ushort.MaxValue}, not {options.Port}";
        }

        if (options.FlushInterval < TimeSpan.Zero)
        {
            yield return $"Sinks:Cluster:FlushInterval must not be negative, not {options.FlushInterval}";
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

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9-]*$")]
    private static partial Regex SystemNames();
}
