namespace TelemetryActors.Configuration;

/// <summary>All settings of a client as they were when it was asked, each with its origin (S2.15). Nothing can be changed in here.</summary>
public sealed class TelemetryConfig
{
    private readonly SettingTable _table;

    internal TelemetryConfig(SettingTable table, IReadOnlyList<SettingValue> values)
    {
        _table = table;
        Values = values;
    }

    /// <summary>Every known setting, in the order of the documentation.</summary>
    public IReadOnlyList<SettingValue> Values { get; }

    /// <summary>One setting, by its name or one of its other names; upper and lower case are the same.</summary>
    /// <exception cref="KeyNotFoundException">There is no such setting.</exception>
    public SettingValue this[string path] =>
        _table.Find(path) is { } setting
            ? Values.First(value => value.Path == setting.Path)
            : throw new KeyNotFoundException($"There is no setting '{path}'.");
}
