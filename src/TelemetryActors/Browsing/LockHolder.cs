using System.Globalization;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Finds which process holds the lock on a file, as Linux tells it: nothing is opened, and no lock is tried.</summary>
internal static class LockHolder
{
    private const string Locks = "/proc/locks";

    /// <summary>The process; null when nobody that can be seen from here holds it, and where the system does not tell.</summary>
    public static int? Find(FileIdentity file)
    {
        // The identity holds the device as the kernel gives it: its major number first.
        var (major, minor) = ((uint)file.Device, (uint)(file.Device >> 32));
        return Find(string.Create(CultureInfo.InvariantCulture, $"{major:x2}:{minor:x2}:{file.Inode}"), isWhole: true);
    }

    /// <summary>Whether a living process holds a lock; one that the system says is held is not touched.</summary>
    public static bool IsHeld(IFileSystem files, string path)
    {
        if (files.Identify(path) is not { } file)
        {
            return false;
        }

        if (Find(file) is not null)
        {
            return true;
        }

        // The system tells of no holder that a container hides: only trying shows that there is none.
        using var taken = files.TryLock(path);
        return taken is null;
    }

    /// <summary>For a file that is known to be locked: some file systems show its device by another number there.</summary>
    public static int? FindOnAnyDevice(FileIdentity file) => Find(string.Create(CultureInfo.InvariantCulture, $":{file.Inode}"), isWhole: false);

    // "1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF"
    private static int? Find(string file, bool isWhole)
    {
        try
        {
            return File.ReadLines(Locks)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length > 5 && words[1] == "FLOCK" && (isWhole ? words[5] == file : words[5].EndsWith(file, StringComparison.Ordinal)))
                .Select(words => int.TryParse(words[4], CultureInfo.InvariantCulture, out var process) ? process : (int?)null)
                .FirstOrDefault();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
