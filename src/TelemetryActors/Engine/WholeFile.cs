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

    /// <summary>Appends and waits until it is on the device.</summary>
    public static void Append(IFileSystem files, string path, ReadOnlySpan<byte> bytes)
    {
        var isNew = files.Identify(path) is null;
        var directory = Path.GetDirectoryName(path)!;
        if (isNew)
        {
            files.CreateDirectory(directory);
        }

        using (var file = isNew ? files.Create(path) : files.Open(path, writable: true))
        {
            file.Write(bytes, file.Identity.Length);
            file.Sync();
        }

        if (isNew)
        {
            files.SyncDirectory(directory);
        }
    }
}
