using TelemetryActors.TestKit;

namespace TelemetryActors.AkkaNet.Tests;

/// <summary>A directory of one test, which a system that is just ending may still write to.</summary>
internal static class TestFolder
{
    public static string Create() => Directory.CreateTempSubdirectory("telemetryactors-").FullName;

    public static void Delete(string directory)
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Exception? last = null;
        Eventually.True(
            () =>
            {
                try
                {
                    Directory.Delete(directory, recursive: true);
                    return true;
                }
                catch (IOException exception)
                {
                    last = exception;
                    return false;
                }
            },
            () => last);
    }
}
