using System.Globalization;

namespace TelemetryActors.Log;

/// <summary>Keeps bytes that are no event, beside the log, instead of throwing them away.</summary>
internal static class Quarantine
{
    private const int MaxTornBytes = 1024 * 1024;

    /// <summary>Copies the torn last line of a log to a file of its own.</summary>
    /// <returns>Whether the bytes are kept, or there were none: only then may the log's file be cut and gone on with.</returns>
    public static bool TryKeepTorn(LogFolder folder, RecoveredLog recovered)
    {
        if (recovered.TornBytes == 0)
        {
            return true;
        }

        if (recovered.Index.Last is not { } last || recovered.TornBytes > MaxTornBytes)
        {
            return false;
        }

        try
        {
            var bytes = new byte[recovered.TornBytes];
            using (var file = folder.Files.Open(folder.PathOf(last.File), writable: false))
            {
                file.Read(bytes, recovered.TornFrom);
            }

            folder.Files.CreateDirectory(folder.Quarantine);
            var name = string.Create(CultureInfo.InvariantCulture, $"{last.File}.{recovered.TornFrom}.torn");
            var path = Path.Combine(folder.Quarantine, name);
            folder.Files.Delete(path);
            using var kept = folder.Files.Create(path);
            kept.Write(bytes, 0);
            kept.Sync();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
