using System.Globalization;
using System.Security.Cryptography;

namespace TelemetryActors.Log;

/// <summary>Keeps bytes that are no event, beside the log, instead of throwing them away.</summary>
internal static class Quarantine
{
    private const int MaxTornBytes = 1024 * 1024;
    private const int PlaceBytes = 4;

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
            using (var file = folder.Files.OpenPlain(folder.PathOf(last.File), writable: false))
            {
                file.Read(bytes, recovered.TornFrom);
            }

            folder.Files.CreateDirectory(folder.Quarantine);
            var path = Path.Combine(folder.Quarantine, string.Create(CultureInfo.InvariantCulture, $"{NameOf(last.File)}.{recovered.TornFrom}.torn"));
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

    // A file that the settings name may lie anywhere; two of one name in two places are told apart.
    private static string NameOf(string file) => Path.GetFileName(file) is var name && name.Length == file.Length
        ? name
        : $"{name}.{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(file[..^name.Length])).AsSpan(0, PlaceBytes))}";
}
