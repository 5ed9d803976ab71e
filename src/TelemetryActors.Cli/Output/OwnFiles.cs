using TelemetryActors.Configuration;
using TelemetryActors.Log;
using TelemetryActors.Sqlite;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Output;

/// <summary>What the product keeps in a base directory, and where its settings say: nothing that a command writes for its user has a place there.</summary>
internal static class OwnFiles
{
    private static readonly string[] BesideStore = ["", "-wal", "-shm", "-journal"];

    /// <summary>Refuses a file of the product's own or in a directory of its own, by whatever path and link, there already or not.</summary>
    /// <exception cref="CommandException">It is one.</exception>
    public static void Refuse(string path, StartSettings start)
    {
        var target = RealPath.Of(path);
        if (IsLog(target, start) || Places(start).Any(place => LeadsInto(target, RealPath.Of(place))))
        {
            throw new CommandException($"{path} cannot be written: the product keeps files of its own there.", ExitCode.Usage);
        }
    }

    private static IEnumerable<string> Places(StartSettings start)
    {
        var store = start.Options.Kit<SqliteKit>().FileIn(start.Folder.Path, start.Options.Preset);
        var own = OwnPlaces.All.Select(name => Path.Combine(start.Folder.Path, name));
        return store.IsMemory ? own : own.Concat(BesideStore.Select(ending => store.Path + ending));
    }

    private static bool LeadsInto(string target, string own)
    {
        for (var place = target; place is not null; place = Path.GetDirectoryName(place))
        {
            if (IsSame(place, own))
            {
                return true;
            }
        }

        return false;
    }

    // Each file that the log has or had, under all names that it may go on with there.
    private static bool IsLog(string target, StartSettings start)
    {
        var folder = start.Folder.Path;
        var used = new UsedLogFiles(DiskFileSystem.Instance, folder).Read();
        var files = start.Options.Log.File is { } now ? used.Append(FixedLogFile.Of(now, folder)) : used;
        return files
            .Select(file => (file.Name, Path: RealPath.Of(Path.Combine(Path.GetFullPath(file.Place, folder), file.Name))))
            .Any(file => IsSame(target, file.Path)
                || (LogFileName.TryParse(Path.GetFileName(target), file.Name) is not null && IsSame(Path.GetDirectoryName(target), Path.GetDirectoryName(file.Path))));
    }

    // By the number of the file as well: it may be reached by two names.
    private static bool IsSame(string? one, string? other) =>
        one is not null && other is not null
        && (one == other || (FileStatus.Identify(one) is { Inode: not 0 } there && FileStatus.Identify(other) is { } own && there.IsSameFile(own)));
}
