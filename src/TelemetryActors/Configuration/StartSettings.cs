using System.Diagnostics;
using TelemetryActors.Log;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Configuration;

/// <summary>Everything a client starts with: the base directory that was found, and the settings of all origins, its <c>config.json</c> among them.</summary>
internal sealed record StartSettings(BaseFolder Folder, ResolvedSettings Resolved, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>Whether the base directory's disk did not answer: then its <c>config.json</c> is not in the settings, which is one of their faults.</summary>
    public bool IsSilent { get; private init; }

    /// <summary>What of <see cref="TelemetryOptions.StartBudget"/> is left.</summary>
    public TimeSpan BudgetLeft { get; private init; }

    public TelemetryOptions Options => Resolved.Options;

    /// <summary>Looks whether the file has changed since.</summary>
    public required ConfigWatch Watch { get; init; }

    /// <summary>Finds them, within <see cref="TelemetryOptions.StartBudget"/>.</summary>
    /// <param name="code">Options without faults.</param>
    public static StartSettings Find(TelemetryOptions code)
    {
        var started = Stopwatch.GetTimestamp();
        var variables = code.Variables ?? EnvironmentSettings.OfProcess();
        var outside = code.Outside.Append(EnvironmentSettings.Read(variables)).ToList();
        var given = SettingResolver.Resolve(code, outside).Options.BaseDirectory;
        var (folder, file, fault, isSilent) = Read(code, given, variables);
        var resolved = SettingResolver.Resolve(code, [.. outside, file]);
        resolved.Options.BaseDirectory = folder.Path;
        var place = isSilent ? null : PlaceFault(resolved.Options, code.StartBudget - Stopwatch.GetElapsedTime(started));
        if (place is not null)
        {
            resolved.Options.Log.File = null;
        }

        return new StartSettings(
            folder,
            new ResolvedSettings(
                resolved.Options,
                [.. resolved.Faults.Prepend(fault).Append(place).OfType<string>()],
                resolved.Unknown,
                () => [.. resolved.Values.Select(value => value.Path == SettingTable.BaseDirectory.Path ? Found(value, folder, variables)
                    : value.Path == SettingTable.LogFile.Path && place is not null ? new SettingValue(value.Path, null, SettingOrigin.Default)
                    : value)]),
            variables)
        {
            Watch = new ConfigWatch(OptionsCopy.Of(code), outside, folder),
            IsSilent = isSilent,
            BudgetLeft = isSilent ? TimeSpan.Zero : code.StartBudget - Stopwatch.GetElapsedTime(started),
        };
    }

    // A directory may be found and its file not be read: then the directory stays.
    private static (BaseFolder Folder, SettingSource File, string? Fault, bool IsSilent) Read(
        TelemetryOptions code, string? given, IReadOnlyDictionary<string, string> variables)
    {
        var found = BaseFolder.Named(given, variables);
        var reading = DiskCall.Begin("settings", () =>
        {
            var folder = found ?? BaseFolder.Find(given, variables);
            Volatile.Write(ref found, folder);
            var file = new ConfigFile(code.Files, folder).Read(out var fault);
            return (folder, file, fault, false);
        });
        if (DiskCall.TryWait(reading, code.StartBudget, out var read))
        {
            return read;
        }

        var silent = Volatile.Read(ref found) ?? BaseFolder.Home("a directory of the platform's list did not answer; the home directory's default");
        return (
            silent, SettingSource.Empty(SettingOrigin.File),
            $"{silent.ConfigFile} was not read: its disk did not answer within {code.StartBudget.TotalSeconds:0.#} s", true);
    }

    // Where its own file cannot be, the log writes daily ones. A disk that does not answer is no fault of the setting's.
    private static string? PlaceFault(TelemetryOptions options, TimeSpan limit)
    {
        if (options.Log.File is not { } file)
        {
            return null;
        }

        var looking = DiskCall.Begin("settings", () => LogFilePlace.FaultOf(file, options.BaseDirectory!));
        return DiskCall.TryWait(looking, limit, out var fault) ? fault : null;
    }

    private static SettingValue Found(SettingValue value, BaseFolder folder, IReadOnlyDictionary<string, string> variables)
    {
        var isNamed = BaseFolder.Variables.Any(name => variables.GetValueOrDefault(name) is { Length: > 0 });
        return value with { Value = folder.Path, Origin = value.Value is null && isNamed ? SettingOrigin.Environment : value.Origin };
    }
}
