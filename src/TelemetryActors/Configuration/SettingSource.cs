namespace TelemetryActors.Configuration;

/// <summary>The settings of one origin, not yet checked.</summary>
internal sealed class SettingSource
{
    /// <param name="origin">Where they come from.</param>
    /// <param name="texts">Each setting's name as messages should show it, its path in any writing, and its text.</param>
    public SettingSource(SettingOrigin origin, IEnumerable<(string Name, string Path, string Text)> texts)
    {
        Origin = origin;
        var byPath = new Dictionary<string, SettingText>(StringComparer.Ordinal);
        foreach (var (name, path, text) in texts)
        {
            var known = SettingPath.Normalize(path);
            if (byPath.TryGetValue(known, out var before) && before.IsOff && SettingTable.Enabled.NormalizedPaths.Contains(known))
            {
                // Written twice, as names of variables and of JSON may be: what stops everything stays.
                continue;
            }

            byPath[known] = new SettingText(name, text);
        }

        Texts = byPath;
    }

    private SettingSource(SettingOrigin origin)
    {
        Origin = origin;
        Texts = new Dictionary<string, SettingText>(StringComparer.Ordinal);
    }

    public SettingOrigin Origin { get; }

    /// <summary>By normalized path.</summary>
    public IReadOnlyDictionary<string, SettingText> Texts { get; }

    /// <summary>No settings: what most programs have in most places, and what costs nothing at start.</summary>
    public static SettingSource Empty(SettingOrigin origin) => new(origin);

    /// <summary>What this source says of a setting, under its name or one of its other names; of one whose false wins, that where it says so under any.</summary>
    public SettingText? Of(Setting setting)
    {
        SettingText? found = null;
        foreach (var path in setting.NormalizedPaths)
        {
            if (Texts.TryGetValue(path, out var text) && (found is null || (setting.FalseWins && text.IsOff)))
            {
                found = text;
            }
        }

        return found;
    }
}
