using System.CommandLine;
using System.Text.Json;
using TelemetryActors.Cli.Output;
using TelemetryActors.Configuration;
using TelemetryActors.Log;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Config;

/// <summary>The settings that a client would start with in the base directory of a command line, and changes of its file.</summary>
internal static class BaseSettings
{
    private const string BaseOption = "--base";

    // A command may ask for its settings more than once.
    private static readonly HashSet<string> Told = [];

    /// <summary>Every setting that this program knows.</summary>
    public static SettingTable Table { get; } = SettingTable.Of(Options(variables: null));

    /// <summary>Everything a client would start with.</summary>
    /// <exception cref="CommandException">Nobody can look into the base directory now.</exception>
    public static StartSettings Find(ParseResult parsed, IReadOnlyDictionary<string, string>? variables)
    {
        var options = Options(variables);
        if (parsed.GetValue<string?>(BaseOption) is { } given)
        {
            options.Outside = [new SettingSource(SettingOrigin.CommandLine, [(BaseOption, SettingTable.BaseDirectory.Path, given)])];
        }

        var start = StartSettings.Find(options);
        if (!start.IsSilent)
        {
            LookInto(start.Folder);
        }

        return start;
    }

    // A client goes on in memory where it cannot look; whoever asks what is there is told that nobody knows.
    private static void LookInto(BaseFolder folder)
    {
        try
        {
            _ = DiskFileSystem.Instance.Identify(folder.ConfigFile);
        }
        catch (IOException exception)
        {
            throw new CommandException($"Nobody can look into the base directory {folder.Path}: {exception.Message}", ExitCode.Failed);
        }
    }

    /// <summary>The settings of a command that cannot go on with bad ones.</summary>
    /// <remarks>A name that is not known here is a warning: a newer program may know it.</remarks>
    /// <exception cref="CommandException">Some are bad, or the base directory is a file.</exception>
    public static StartSettings FindSound(ParseResult parsed)
    {
        var start = Find(parsed, variables: null);
        var bad = start.Resolved.Faults.Except(start.Resolved.Unknown).ToList();
        if (bad.Count > 0)
        {
            throw new CommandException(string.Join("; ", bad), ExitCode.Usage);
        }

        foreach (var unknown in start.Resolved.Unknown.Where(Told.Add))
        {
            StandardError.Tell($"{unknown} that this program knows: it is left out");
        }

        return NotOnFile(start);
    }

    /// <summary>The settings by which a command reads what is recorded; a base directory that was given must be there.</summary>
    /// <exception cref="CommandException">It is not, or settings are bad: nobody knows then where clients write.</exception>
    public static StartSettings FindToRead(ParseResult parsed) => WithFolder(parsed, FindSound(parsed));

    /// <summary>The settings of a command that tells what is wrong with them; a base directory that was given must be there.</summary>
    /// <exception cref="CommandException">It is not.</exception>
    public static StartSettings FindToExamine(ParseResult parsed) => WithFolder(parsed, Find(parsed, variables: null));

    /// <summary>Sets a setting in a base directory's file, or takes it out.</summary>
    /// <returns>Why that cannot be; null when it is done.</returns>
    public static string? Change(BaseFolder folder, string key, string? text)
    {
        var file = new ConfigFile(DiskFileSystem.Instance, folder);
        try
        {
            return text is null ? Unset(file, key, $"{key} is not a setting, and does not stand in {folder.ConfigFile}") : PlaceFault(folder, key, text) ?? Set(file, key, text);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            return $"{folder.ConfigFile} is left as it is: {exception.Message}";
        }
    }

    // Both look before a directory is made for them, and again when nobody else can change what is there.
    private static string? Set(ConfigFile file, string key, string text)
    {
        if (Table.Find(key) is not { } setting)
        {
            return $"{key} is not a setting";
        }

        if (FaultOf(file, key, text) is { } soon)
        {
            return soon;
        }

        using var hold = file.Hold();
        if (FaultOf(file, key, text) is { } fault)
        {
            return fault;
        }

        file.Write(setting, text);
        return null;
    }

    private static string? Unset(ConfigFile file, string key, string unknown)
    {
        var setting = Table.Find(key);
        var names = setting?.NormalizedPaths ?? [key];
        if (file.Has(names))
        {
            using var hold = file.Hold();
            if (file.Remove(names))
            {
                return null;
            }
        }

        return setting is null ? unknown : null;
    }

    private static StartSettings WithFolder(ParseResult parsed, StartSettings start)
    {
        if (start.IsSilent)
        {
            return start;
        }

        var path = NotOnFile(start).Folder.Path;
        return parsed.GetValue<string?>(BaseOption) is null || Directory.Exists(path)
            ? start
            : throw new CommandException($"Nothing is recorded yet: the base directory {path} is not there.", ExitCode.Usage);
    }

    private static StartSettings NotOnFile(StartSettings start) => File.Exists(start.Folder.Path)
        ? throw new CommandException($"The base directory {start.Folder.Path} is a file.", ExitCode.Usage)
        : start;

    private static TelemetryOptions Options(IReadOnlyDictionary<string, string>? variables) => new TelemetryOptions { Variables = variables }.WithSinkKits();

    // What only the base directory and the disk tell; a text that no path can be has a fault of its own.
    private static string? PlaceFault(BaseFolder folder, string key, string text) =>
        Table.Find(key) == SettingTable.LogFile && LogFileName.CanBeFixed(text) ? LogFilePlace.FaultOf(text, folder.Path) : null;

    private static string? FaultOf(ConfigFile file, string key, string text)
    {
        var there = file.Read(out var broken);
        return broken ?? NewFault(there, key, text);
    }

    // Also what is wrong only together with what is there already.
    private static string? NewFault(SettingSource file, string key, string text)
    {
        var code = Options(variables: null);
        var change = new SettingSource(SettingOrigin.File, [(key, key, text)]);
        return SettingResolver.Resolve(code, [file, change]).Faults.Except(SettingResolver.Resolve(code, [file]).Faults).FirstOrDefault();
    }
}
