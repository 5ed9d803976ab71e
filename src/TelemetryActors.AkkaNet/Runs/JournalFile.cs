using Microsoft.Data.Sqlite;
using TelemetryActors.Storage;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>The SQLite file of a node's own runs, when it cannot be opened.</summary>
/// <param name="connectionString">As the plugins use it.</param>
internal sealed class JournalFile(string connectionString)
{
    // What SQLite says of a file that is none of its own, or none any more.
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private static readonly Lock Gate = new();

    // By whom each file was set aside for which the other plugin has not begun anew.
    private static readonly Dictionary<string, string> SetAsideBy = new(StringComparer.Ordinal);

    private readonly string _path = new SqliteConnectionStringBuilder(connectionString).DataSource;

    /// <summary>Whether it is there and damaged; false when it is sound, or cannot be read now.</summary>
    private bool IsDamaged
    {
        get
        {
            if (!File.Exists(_path))
            {
                return false;
            }

            try
            {
                using var connection = new SqliteConnection(connectionString);
                connection.Open();
                using var look = connection.CreateCommand();
                look.CommandText = "SELECT count(*) FROM sqlite_master";
                look.ExecuteScalar();
                return false;
            }
            catch (SqliteException exception)
            {
                return exception.SqliteErrorCode is Corrupt or NotADatabase;
            }
        }
    }

    /// <summary>Puts it away when it is damaged. Journal and store begin and fail together: the second finds it gone, or new, and begins as well.</summary>
    /// <remarks>Safe for use from several threads: nobody moves what another has just made.</remarks>
    /// <param name="plugin">Who could not open it.</param>
    /// <param name="now">The time, for its name.</param>
    /// <param name="aside">Its new name; null when this call did not move it.</param>
    /// <returns>Whether opening it is worth another try at once.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public bool TryMakeRoom(string plugin, DateTimeOffset now, out string? aside)
    {
        lock (Gate)
        {
            aside = null;
            if (IsDamaged)
            {
                aside = SetAside(now);
                SetAsideBy[_path] = plugin;
                return true;
            }

            // Once for each time it was set aside: a file that cannot be opened for another reason is given its rest.
            return SetAsideBy.TryGetValue(_path, out var other) && other != plugin && SetAsideBy.Remove(_path);
        }
    }

    /// <summary>Puts it away under another name, so that a new one can be made.</summary>
    /// <returns>That name.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    private string SetAside(DateTimeOffset now)
    {
        using (var connection = new SqliteConnection(connectionString))
        {
            // Connections that are kept open would go on with the file under its other name.
            SqliteConnection.ClearPool(connection);
        }

        return DamagedDatabase.SetAside(_path, now);
    }
}
