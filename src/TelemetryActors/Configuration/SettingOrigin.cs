namespace TelemetryActors.Configuration;

/// <summary>Where a setting's value comes from; a later one wins over an earlier one.</summary>
public enum SettingOrigin
{
    /// <summary>What the product recommends.</summary>
    Default = 0,

    /// <summary>The program's own code.</summary>
    Code,

    /// <summary>The host's configuration: <c>appsettings.json</c> and what else the host reads.</summary>
    AppSettings,

    /// <summary><c>config.json</c> of the base directory, which <c>telemetry config set</c> writes.</summary>
    File,

    /// <summary>An environment variable: <c>TelemetryActors__Section__Key</c>.</summary>
    Environment,

    /// <summary>The command line.</summary>
    CommandLine,

    /// <summary><see cref="TelemetryClient.UpdateConfig"/>, until the client ends.</summary>
    RunTime,
}
