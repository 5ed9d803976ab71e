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

    public static SettingSource Read(IReadOnlyDictionary<string, string> variables) => new(
        SettingOrigin.Environment,
        variables
            .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(variable => (variable.Key, variable.Key[Prefix.Length..], variable.Value)));
}
