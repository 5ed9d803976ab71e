using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Output;

/// <summary>What the product keeps in a base directory: nothing that a command writes for its user has a place there.</summary>
internal static class OwnFiles
{
    /// <summary>Refuses a file of the product's own or in a directory of its own, by whatever path and link.</summary>
    /// <exception cref="CommandException">It is one.</exception>
    public static void Refuse(string path, BaseFolder folder)
    {
        var own = OwnPlaces.All.Select(name => Path.Combine(folder.Path, name)).Select(FileStatus.Identify).Where(found => found is { Inode: not 0 }).ToList();
        for (var place = Path.GetFullPath(path); place is not null; place = Path.GetDirectoryName(place))
        {
            if (FileStatus.Identify(place) is { } there && own.Exists(found => there.IsSameFile(found!.Value)))
            {
                throw new CommandException($"{path} cannot be written: the product keeps files of its own there.", ExitCode.Usage);
            }
        }
    }
}
