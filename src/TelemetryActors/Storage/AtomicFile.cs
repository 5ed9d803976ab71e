namespace TelemetryActors.Storage;

/// <summary>Small files that are replaced whole: temporary file, fsync, rename, fsync of the directory.</summary>
/// <remarks>A reader, or the next start after a crash, sees the old content or the new, never a part. Errors are the file system's.</remarks>
internal static class AtomicFile
{
    private const int MaxBytes = 64 * 1024 * 1024;
    private const string Extension = ".tmp";
    private const int GuidDigits = 32;

    // Each process sweeps once, when it begins.
    private const int TriesBesideSweeps = 3;

    /// <summary>Replaces a file that only the owner of some lock writes: what an owner that died left of it is in nobody's way.</summary>
    public static void Write(IFileSystem files, string path, ReadOnlySpan<byte> content, bool isPrivate = false)
    {
        var temporary = path + Extension;
        files.CreateDirectory(Path.GetDirectoryName(path)!);
        files.Delete(temporary);
        Write(files, temporary, path, content, isPrivate);
    }

    /// <summary>Replaces a file that several processes may write at once: the last one wins, and none of them with a mixture.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The file.</param>
    /// <param name="content">All of it.</param>
    /// <param name="rights">Who may read and write it, from its first moment on; null leaves that to the process's mask.</param>
    public static void WriteShared(IFileSystem files, string path, ReadOnlySpan<byte> content, FileRights? rights = null)
    {
        files.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var left = TriesBesideSweeps; ; left--)
        {
            var temporary = TemporaryOf(path);
            try
            {
                Write(files, temporary, path, content, isPrivate: rights is not null, rights);
                return;
            }
            catch (FileNotFoundException) when (left > 0)
            {
                // A process that has just begun took it for a dead writer's.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                files.Delete(temporary);
                throw;
            }
        }
    }

    /// <summary>Deletes what writers that died have left in a directory of a file that several may write; one that is at it just now writes once more, under another name.</summary>
    public static void Sweep(IFileSystem files, string directory, string name)
    {
        foreach (var left in files.List(directory).Where(left => IsTemporaryOf(name, left)))
        {
            files.Delete(Path.Combine(directory, left));
        }
    }

    /// <summary>A name beside a file for what is to take its place, of one writer alone.</summary>
    public static string TemporaryOf(string path) => $"{path}.{Guid.NewGuid():N}{Extension}";

    /// <summary>Whether a file's name is one that <see cref="TemporaryOf"/> made for another's.</summary>
    public static bool IsTemporaryOf(string name, string left) =>
        left.Length == name.Length + 1 + GuidDigits + Extension.Length && left.StartsWith(name + ".", StringComparison.Ordinal) && left.EndsWith(Extension, StringComparison.Ordinal)
        && Guid.TryParseExact(left.AsSpan(name.Length + 1, GuidDigits), "N", out _);

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

    private static void Write(IFileSystem files, string temporary, string path, ReadOnlySpan<byte> content, bool isPrivate, FileRights? rights = null)
    {
        using (var file = files.Create(temporary, isPrivate))
        {
            rights?.GiveTo(temporary);
            file.Write(content, 0);
            file.Sync();
        }

        files.Replace(temporary, path);
        files.SyncDirectory(Path.GetDirectoryName(path)!);
    }
}
