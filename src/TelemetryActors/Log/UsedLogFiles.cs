using TelemetryActors.Engine;
using TelemetryActors.Storage;

namespace TelemetryActors.Log;

/// <summary>Every fixed file that the event log of a base directory was ever written to, one a line in <c>state/log-files</c>: readers look into all of them.</summary>
/// <remarks>Thread-safe. The daily files under <c>raw/</c> need no line.</remarks>
internal sealed class UsedLogFiles(IFileSystem files, string baseDirectory)
{
    private readonly string _path = Path.Combine(baseDirectory, "state", "log-files");

    /// <summary>The files in the order in which they were first written; none when the list cannot be read now.</summary>
    public IReadOnlyList<FixedLogFile> Read()
    {
        try
        {
            return files.Identify(_path) is null ? [] : Parse(WholeFile.Read(files, _path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Adds a file before its first byte is written; nothing happens when it is there.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Add(FixedLogFile file)
    {
        IReadOnlyList<FixedLogFile> known = files.Identify(_path) is null ? [] : Parse(WholeFile.Read(files, _path));
        if (!known.Contains(file))
        {
            WholeFile.Append(files, _path, System.Text.Encoding.UTF8.GetBytes(file + "\n"));
        }
    }

    // A line that was cut short by the death of the machine names no file that holds anything. What was written where no log may be any more is still read.
    private IReadOnlyList<FixedLogFile> Parse(byte[] content)
    {
        var text = System.Text.Encoding.UTF8.GetString(content);
        return
        [
            .. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(OwnPlaces.NamesFile)
                .Select(line => FixedLogFile.Of(line, baseDirectory))
                .Distinct(),
        ];
    }
}
