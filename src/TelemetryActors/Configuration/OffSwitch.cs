namespace TelemetryActors.Configuration;

/// <summary>The switch that stops everything (D.9), in words: nothing is recorded, and no sink but the event log gets anything.</summary>
internal static class OffSwitch
{
    /// <summary>Why telemetry is off; null while it is on.</summary>
    public static string? Why(ResolvedSettings settings) =>
        settings.Options.Enabled ? null : Text(settings.Values.First(value => value.Path == SettingTable.Enabled.Path).Origin);

    /// <summary>That it is off, and what says so.</summary>
    public static string Text(SettingOrigin origin) => "enabled is false, by " + origin switch
    {
        SettingOrigin.AppSettings => "the host's configuration",
        SettingOrigin.File => "config.json",
        SettingOrigin.Environment => "the environment",
        SettingOrigin.CommandLine => "the command line",
        SettingOrigin.RunTime => "UpdateConfig",
        _ => "the program's code",
    };
}
