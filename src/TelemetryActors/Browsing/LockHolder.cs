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
