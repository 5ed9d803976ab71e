using System.Collections;

namespace TelemetryActors.Configuration;

/// <summary>Settings in environment variables: <c>TelemetryActors__Log__Fsync=always</c> (S4.7).</summary>
internal static class EnvironmentSettings
{
    public const string Prefix = "TelemetryActors__";

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
            if (IsSetting(name))
            {
                return new SettingSource(SettingOrigin.Environment, Texts(variables));
            }
        }

        return SettingSource.Empty(SettingOrigin.Environment);
    }

    private static bool IsSetting(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<(string Name, string Path, string Text)> Texts(IReadOnlyDictionary<string, string> variables) =>
        variables.Where(variable => IsSetting(variable.Key)).Select(variable => (variable.Key, variable.Key[Prefix.Length..], variable.Value));
}
