namespace TelemetryActors.Storage;

/// <summary>Small files that are replaced whole: temporary file, fsync, rename, fsync of the directory.</summary>
/// <remarks>A reader, or the next start after a crash, sees the old content or the new, never a part. Errors are the file system's.</remarks>
internal static class AtomicFile
{
    private const int MaxBytes = 64 * 1024 * 1024;

    public static void Write(IFileSystem files, string path, ReadOnlySpan<byte> content, bool isPrivate = false)
    {
        var directory = Path.GetDirectoryName(path)!;
        var temporary = path + ".tmp";
        files.CreateDirectory(directory);
        files.Delete(temporary);
        using (var file = files.Create(temporary, isPrivate))
        {
            file.Write(content, 0);
            file.Sync();
        }

        files.Replace(temporary, path);
        files.SyncDirectory(directory);
    }

    /// <summary>The whole content; null when the file is not there.</summary>
    public static byte[]? TryRead(IFileSystem files, string path)
    {
        if (files.Identify(path) is null)
        {
            return null;
        }

        try
        {
            using var file = files.Open(path, writable: false);
            var content = new byte[Math.Min(file.Identity.Length, MaxBytes)];
            var read = file.Read(content, 0);
            return content[..read];
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
