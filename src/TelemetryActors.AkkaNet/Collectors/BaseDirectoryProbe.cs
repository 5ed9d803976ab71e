using TelemetryActors.Storage;

namespace TelemetryActors.AkkaNet.Collectors;

/// <summary>Whether a node's base directory takes an event log: asked before the node joins, for a collector that cannot write must not be dealt runs.</summary>
internal static class BaseDirectoryProbe
{
    // Room for more than the next batch: a disk that is full but for a few bytes would make the node come and go.
    private const int Bytes = 1024 * 1024;

    private const string Name = "node-probe.tmp";

    /// <summary>Why nothing can be kept there; null when it can. Writes 1 MiB to the device and takes it away again.</summary>
    public static string? WhyNot(IFileSystem files, string baseDirectory)
    {
        var directory = Path.Combine(baseDirectory, "state");
        var probe = Path.Combine(directory, Name);
        try
        {
            files.CreateDirectory(directory);
            files.Delete(probe);
            using var file = files.Create(probe);
            try
            {
                file.Write(new byte[Bytes], 0);
                file.Sync();
                return null;
            }
            finally
            {
                files.Delete(probe);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
