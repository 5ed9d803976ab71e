using TelemetryActors.Log;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Looks at what stands among the log's files: what cannot be read as one of them, and what nobody reads because its name is none of theirs.</summary>
/// <param name="files">The base directory's files.</param>
/// <param name="baseDirectory">The base directory.</param>
/// <param name="logFile">The log's file when it has a name of its own.</param>
internal sealed class LogFilesLook(IFileSystem files, string baseDirectory, string? logFile)
{
    private const string Pattern = "*" + LogFileName.DailyExtension;

    private readonly LogFolder _folder = new(files, baseDirectory, logFile, slot: 1);

    private string Raw => Path.Combine(baseDirectory, "raw");

    /// <summary>Pipes, devices, directories, links that lead nowhere, and files that are not to be read by this user, each in a log file's place.</summary>
    public IReadOnlyList<UnreadablePart> Unreadable() => [.. Named().Order(StringComparer.Ordinal).Select(Look).OfType<UnreadablePart>()];

    /// <summary>Files that look as if they were the log's, under names that it does not have.</summary>
    public IReadOnlyList<string> Notes()
    {
        var known = Named().ToHashSet(StringComparer.Ordinal);
        return
        [
            .. files.List(Raw).Where(name => name.EndsWith(LogFileName.DailyExtension, StringComparison.Ordinal)).Select(name => Path.Combine(Raw, name))
                .Where(path => !known.Contains(path)).Order(StringComparer.Ordinal).Select(path => $"{path} has no name of a log file: nobody reads it"),
        ];
    }

    private IEnumerable<string> Named() => _folder.ListAll().Select(name => _folder.PathOf(name.ToString())).Concat(Directories());

    private IEnumerable<string> Directories() => !Directory.Exists(Raw) ? [] :
        Directory.GetDirectories(Raw, Pattern).Where(path => LogFileName.TryParse(Path.GetFileName(path), fixedName: null) is not null);

    private UnreadablePart? Look(string path)
    {
        try
        {
            using var file = files.OpenPlain(path, writable: false);
            file.Read(new byte[1], 0);
            return null;
        }
        catch (FileNotFoundException)
        {
            // Without a link it was removed by retention since it was listed.
            return new FileInfo(path).LinkTarget is { } target ? new UnreadablePart(path, $"it leads to {target}, which is not there") : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new UnreadablePart(path, exception.Message);
        }
    }
}
