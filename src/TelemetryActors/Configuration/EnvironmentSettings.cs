using System.Collections;

namespace TelemetryActors.Configuration;

/// <summary>Settings in environment variables: <c>TelemetryActors__Log__Fsync=always</c> (S4.7).</summary>
internal static class EnvironmentSettings
{
    public const string Prefix = "TelemetryActors__";

    // The names that a run tracker before this one had (U.4); the product's own names win over them.
    private static readonly (string Variable, string Path)[] Inherited =
    [
        ("METRICS_API_URL", "sinks.runs.endpoint"), ("METRICS_API_TOKEN", "sinks.runs.token"), ("METRICS_API_ENABLED", "sinks.runs.enabled"),
    ];

    /// <summary>The variables of this process, as they are now.</summary>
    public static IReadOnlyDictionary<string, string> OfProcess()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return variables;
    }

    public static SettingSource Read(IReadOnlyDictionary<string, string> variables)
    {
        foreach (var name in variables.Keys)
        {
            if (IsSetting(name) || name.StartsWith("METRICS_API_", StringComparison.Ordinal))
            {
                return new SettingSource(SettingOrigin.Environment, Texts(variables));
            }
        }

        return SettingSource.Empty(SettingOrigin.Environment);
    }

    private static bool IsSetting(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<(string Name, string Path, string Text)> Texts(IReadOnlyDictionary<string, string> variables) =>
        Inherited.Where(inherited => variables.GetValueOrDefault(inherited.Variable) is { Length: > 0 })
            .Select(inherited => (inherited.Variable, inherited.Path, variables[inherited.Variable]))
            .Concat(variables.Where(variable => IsSetting(variable.Key)).Select(variable => (variable.Key, variable.Key[Prefix.Length..], variable.Value)));
}
