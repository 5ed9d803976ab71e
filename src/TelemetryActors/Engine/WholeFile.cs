using TelemetryActors.Storage;

namespace TelemetryActors.Engine;

/// <summary>Small files that are read and replaced as a whole.</summary>
internal static class WholeFile
{
    public static byte[] Read(IFileSystem files, string path)
    {
        using var file = files.Open(path, writable: false);
        var bytes = new byte[file.Identity.Length];
        var read = file.Read(bytes, 0);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    public static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> bytes)
    {
        var directory = Path.GetDirectoryName(path)!;
        var temporary = path + ".new";
        files.CreateDirectory(directory);
        files.Delete(temporary);
        using (var file = files.Create(temporary))
        {
            file.Write(bytes, 0);
            file.Sync();
        }

        files.Replace(temporary, path);
        files.SyncDirectory(directory);
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
