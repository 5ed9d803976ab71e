namespace TelemetryActors.Configuration;

/// <summary>Lays the origins over each other: defaults, code, host, file, environment, command line. Reads nothing and throws nothing.</summary>
internal static class SettingResolver
{
    /// <summary>Lays outside settings over what the code wants.</summary>
    /// <param name="code">Options without faults.</param>
    /// <param name="sources">The outside ones, in any order; of two with one origin the later wins.</param>
    public static ResolvedSettings Resolve(TelemetryOptions code, IEnumerable<SettingSource> sources)
    {
        var spoken = sources.Where(source => source.Texts.Count > 0).ToList();
        return spoken.Count == 0 ? Unchanged(code) : Resolve(code, spoken);
    }

    // The usual start of a program: nothing is set outside, and the table need not even be made.
    private static ResolvedSettings Unchanged(TelemetryOptions code)
    {
        var asWritten = OptionsCopy.Of(code);
        return new ResolvedSettings(OptionsCopy.Of(code), [], [], () => Lay(asWritten, [], []).Values);
    }

    private static ResolvedSettings Resolve(TelemetryOptions code, List<SettingSource> spoken)
    {
        var table = SettingTable.Of(code);
        var lowestFirst = spoken.OrderBy(source => source.Origin).ToList();
        var written = Written(lowestFirst);
        var unknown = UnknownOf(written, table).Distinct().ToList();
        var faults = FaultsOf(written, table).Distinct().Concat(unknown).ToList();
        var isOut = new HashSet<Setting>();
        while (true)
        {
            var (options, values) = Lay(code, lowestFirst, isOut);
            var contradictions = TelemetryOptionsFaults.Of(options).ToList();
            if (contradictions.Count == 0 || isOut.Count == table.All.Count)
            {
                return new ResolvedSettings(options, faults, unknown, () => values);
            }

            // Each value is allowed and together they are not: the whole section goes back to what the code wants, and all of them where that does not help.
            faults.AddRange(contradictions.Except(faults));
            var sections = contradictions.SelectMany(fault => table.InSectionOf(PathOf(fault))).ToList();
            isOut.UnionWith(sections.All(isOut.Contains) ? table.All : sections);
        }
    }

    // One text may come several times: a host's variables by its provider and by our own reading, a chained configuration beside its parts. The name as the last one writes it.
    private static List<(SettingOrigin Origin, string Path, SettingText Text)> Written(IEnumerable<SettingSource> lowestFirst) =>
    [
        .. lowestFirst.SelectMany(source => source.Texts.Select(entry => (source.Origin, Path: entry.Key, Text: entry.Value)))
            .GroupBy(entry => (entry.Origin, entry.Path, entry.Text.Text))
            .Select(same => same.Last()),
    ];

    private static IEnumerable<string> FaultsOf(IEnumerable<(SettingOrigin Origin, string Path, SettingText Text)> written, SettingTable table)
    {
        foreach (var (origin, path, text) in written)
        {
            if (table.Find(path) is not { } setting)
            {
                continue;
            }

            if (setting == SettingTable.BaseDirectory && origin == SettingOrigin.File)
            {
                yield return $"{text.Name} cannot be set in a file that lies in the base directory";
            }
            else if (setting.FaultOf(text) is { } fault)
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<string> UnknownOf(IEnumerable<(SettingOrigin Origin, string Path, SettingText Text)> written, SettingTable table) =>
        written.Where(entry => table.Find(entry.Path) is null && !table.IsOfAnotherSink(entry.Path)).Select(entry => $"{entry.Text.Name} is not a setting");

    private static (TelemetryOptions Options, IReadOnlyList<SettingValue> Values) Lay(
        TelemetryOptions code, IReadOnlyList<SettingSource> lowestFirst, HashSet<Setting> isOut)
    {
        var options = OptionsCopy.Of(code);
        var defaults = Defaults(code);
        var values = new List<SettingValue>();
        foreach (var setting in SettingTable.Of(code).All)
        {
            var origin = setting.Read(code) == setting.Read(defaults) ? SettingOrigin.Default : SettingOrigin.Code;
            if (!isOut.Contains(setting) && Winner(setting, code, lowestFirst) is { } winner)
            {
                winner.Apply(options);
                origin = winner.Origin;
            }

            values.Add(new SettingValue(setting.Path, setting.Read(options), origin));
        }

        return (options, values);
    }

    private static TelemetryOptions Defaults(TelemetryOptions code)
    {
        var defaults = new TelemetryOptions();
        foreach (var kit in code.Kits)
        {
            defaults.Kits.Add(kit.Fresh());
        }

        return defaults;
    }

    private static (SettingOrigin Origin, Action<TelemetryOptions> Apply)? Winner(Setting setting, TelemetryOptions code, IEnumerable<SettingSource> lowestFirst)
    {
        if (setting.FalseWins && setting.Read(code) == "false")
        {
            return null;
        }

        (SettingOrigin, Action<TelemetryOptions>)? winner = null;
        foreach (var source in lowestFirst.Where(source => setting != SettingTable.BaseDirectory || source.Origin != SettingOrigin.File))
        {
            if (source.Of(setting) is { } text && setting.Parse(text.Text) is { } apply)
            {
                winner = (source.Origin, apply);
                if (setting.FalseWins && text.IsOff)
                {
                    break;
                }
            }
        }

        return winner;
    }

    // A fault begins with its option's path.
    private static string PathOf(string fault) => fault.Split(' ')[0];
}
