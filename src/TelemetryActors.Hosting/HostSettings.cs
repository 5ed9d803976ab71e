using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using TelemetryActors.Configuration;

namespace TelemetryActors.Hosting;

/// <summary>The section <c>TelemetryActors</c> of a host's configuration, each value with the origin it really has.</summary>
internal static class HostSettings
{
    public const string Section = "TelemetryActors";

    /// <summary>Provider by provider, in the host's order, so that a later one of the same origin wins.</summary>
    public static IReadOnlyList<SettingSource> Read(IConfiguration configuration) =>
        [.. Providers(configuration).Select(provider => new SettingSource(OriginOf(provider), Texts(provider)))];

    private static IEnumerable<IConfigurationProvider> Providers(IConfiguration configuration) => configuration is IConfigurationRoot root
        ? root.Providers.SelectMany(provider => provider is ChainedConfigurationProvider chained ? Providers(chained.Configuration) : [provider])
        : [];

    private static SettingOrigin OriginOf(IConfigurationProvider provider) => provider switch
    {
        EnvironmentVariablesConfigurationProvider => SettingOrigin.Environment,
        CommandLineConfigurationProvider => SettingOrigin.CommandLine,
        _ => SettingOrigin.AppSettings,
    };

    private static IEnumerable<(string Name, string Path, string Text)> Texts(IConfigurationProvider provider)
    {
        foreach (var (key, text) in Values(provider, Section))
        {
            yield return (key, key[(Section.Length + 1)..], text);
        }
    }

    // A list stands as one value for each index; it is read as one text.
    private static IEnumerable<(string Key, string Text)> Values(IConfigurationProvider provider, string path)
    {
        var children = provider.GetChildKeys([], path).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (children.Count > 0 && children.All(child => int.TryParse(child, out _)))
        {
            var items = children.OrderBy(int.Parse).Select(child => provider.TryGet(ConfigurationPath.Combine(path, child), out var item) ? item : null);
            return [(path, string.Join(',', items))];
        }

        var inner = children.SelectMany(child => Values(provider, ConfigurationPath.Combine(path, child)));
        return path != Section && provider.TryGet(path, out var text) && text is not null ? inner.Prepend((path, text)) : inner;
    }
}
