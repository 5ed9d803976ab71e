using TelemetryActors.Log;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>Tells whether anybody wrote to a writer slot's files between two looks.</summary>
internal static class SlotFiles
{
    private const ulong Prime = 1_099_511_628_211;

    /// <summary>A number for which files there are and how long they are; another one once its writer has appended, rolled, retained or saved its state.</summary>
    /// <exception cref="IOException">Nobody can look now.</exception>
    public static ulong MarkOf(LogFolder folder)
    {
        var mark = Add(1, folder, folder.StateFile);
        foreach (var name in folder.List())
        {
            mark = Add(mark, folder, folder.PathOf(name.ToString()));
        }

        return mark;
    }

    // A file that cannot be looked at is passed over by whoever reads the log, too.
    private static ulong Add(ulong mark, LogFolder folder, string path)
    {
        FileIdentity file = default;
        try
        {
            file = folder.Files.Identify(path) ?? default;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return mark * Prime;
        }

        return (((mark * Prime) + file.Inode) * Prime) + (ulong)file.Length;
    }
}
