using TelemetryActors.Storage;

namespace TelemetryActors.Engine;

/// <summary>Small files that are read as a whole, and appended to durably. <see cref="AtomicFile"/> replaces them.</summary>
internal static class WholeFile
{
    public static byte[] Read(IFileSystem files, string path)
    {
        using var file = files.Open(path, writable: false);
        var bytes = new byte[file.Identity.Length];
        var read = file.Read(bytes, 0);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>Appends whole lines and waits until they are on the device. Several processes may at once: none writes where another does.</summary>
    public static void Append(IFileSystem files, string path, ReadOnlySpan<byte> bytes)
    {
        var isNew = files.Identify(path) is null;
        var directory = Path.GetDirectoryName(path)!;
        if (isNew)
        {
            files.CreateDirectory(directory);
        }

        using (var file = isNew ? CreateOrOpen(files, path) : files.Open(path, writable: true))
        {
            // A line that was cut short by the death of the machine stays alone, and takes no other with it.
            file.Write(EndsWithin(file) ? [(byte)'\n', .. bytes] : bytes, IStorageFile.AtEnd);
            file.Sync();
        }

        if (isNew)
        {
            files.SyncDirectory(directory);
        }
    }

    // Another process may have made it a moment ago.
    private static IStorageFile CreateOrOpen(IFileSystem files, string path)
    {
        try
        {
            return files.Create(path);
        }
        catch (IOException) when (files.Identify(path) is not null)
        {
            return files.Open(path, writable: true);
        }
    }

    // Beside another's append this may see a part of it: an empty line comes of that, which no reader minds.
    private static bool EndsWithin(IStorageFile file)
    {
        var length = file.Identity.Length;
        Span<byte> last = stackalloc byte[1];
        return length > 0 && file.Read(last, length - 1) == 1 && last[0] != (byte)'\n';
    }
}
