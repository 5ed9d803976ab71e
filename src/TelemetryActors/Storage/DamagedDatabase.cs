using System.Globalization;

namespace TelemetryActors.Storage;

/// <summary>An SQLite file that is damaged, and makes room for a new one without being thrown away.</summary>
internal static class DamagedDatabase
{
    private const string TimeForm = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Puts it away under a name that is free, with what SQLite keeps beside it. Nobody may have it open.</summary>
    /// <returns>That name.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static string SetAside(string path, DateTimeOffset now)
    {
        var first = $"{path}.corrupt-{now.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture)}";
        var name = first;
        for (var number = 2; File.Exists(name); number++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{first}.again-{number}");
        }

        // The database first: a log of changes without one is thrown away by SQLite, one beside a new database would be taken for its own.
        File.Move(path, name);
        MoveIfThere(path + "-wal", name + "-wal");
        MoveIfThere(path + "-journal", name + "-journal");
        File.Delete(path + "-shm");
        return name;
    }

    private static void MoveIfThere(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Move(from, to);
        }
    }
}
