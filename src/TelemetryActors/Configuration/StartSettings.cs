using TelemetryActors.Slots;

namespace TelemetryActors.Configuration;

/// <summary>Everything a client starts with: the base directory that was found, and the settings of all origins, its <c>config.json</c> among them.</summary>
internal sealed record StartSettings(BaseFolder Folder, ResolvedSettings Resolved, IReadOnlyDictionary<string, string> Variables)
{
    public TelemetryOptions Options => Resolved.Options;

    /// <summary>Finds them.</summary>
    /// <param name="code">Options without faults.</param>
    public static StartSettings Find(TelemetryOptions code)
    {
        var variables = code.Variables ?? EnvironmentSettings.OfProcess();
        var outside = code.Outside.Append(EnvironmentSettings.Read(variables)).ToList();
        var folder = BaseFolder.Find(SettingResolver.Resolve(code, outside).Options.BaseDirectory, variables);
        var file = new ConfigFile(code.Files, folder).Read(out var fault);
        var resolved = SettingResolver.Resolve(code, [.. outside, file]);
        resolved.Options.BaseDirectory = folder.Path;
        return new StartSettings(
            folder,
            new ResolvedSettings(
                resolved.Options,
                fault is null ? resolved.Faults : [fault, .. resolved.Faults],
                resolved.Unknown,
                () => [.. resolved.Values.Select(value => value.Path == SettingTable.BaseDirectory.Path ? Found(value, folder, variables) : value)]),
            variables);
    }

    private static SettingValue Found(SettingValue value, BaseFolder folder, IReadOnlyDictionary<string, string> variables)
    {
        var isNamed = BaseFolder.Variables.Any(name => variables.GetValueOrDefault(name) is { Length: > 0 });
        return value with { Value = folder.Path, Origin = value.Value is null && isNamed ? SettingOrigin.Environment : value.Origin };
    }
}
