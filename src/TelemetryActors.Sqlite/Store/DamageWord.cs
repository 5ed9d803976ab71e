using System.Globalization;
using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>Word for a store's sink that its file is damaged, beside the file: left by a reader who met the damage, for the sink may not come there for long.</summary>
/// <remarks>It names the file by its number on its device: a store that took the place meanwhile is another one, and the word is none of it.</remarks>
/// <param name="store">The store's path.</param>
/// <param name="tell">Told, once, of a word that cannot be read or taken away.</param>
internal sealed class DamageWord(string store, Action<string> tell)
{
    private const string Ending = ".damaged";
    private const int MaxBytes = 4096;

    private readonly string _path = store + Ending;
    private bool _isTold;

    /// <summary>Leaves it, for whoever may read the store.</summary>
    /// <param name="store">The store's path.</param>
    /// <param name="damaged">Which file it was.</param>
    /// <param name="damage">What is damaged.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The reader may not write there.</exception>
    public static void Leave(string store, FileIdentity damaged, string damage)
    {
        var files = DiskFileSystem.Instance;

        // What a reader that was killed here left.
        AtomicFile.Sweep(files, Path.GetDirectoryName(store)!, Path.GetFileName(store) + Ending);
        var words = string.Create(CultureInfo.InvariantCulture, $"{damaged.Device} {damaged.Inode} {damage}\n");
        AtomicFile.WriteShared(files, store + Ending, System.Text.Encoding.UTF8.GetBytes(words), FileRights.OfPresentOrNew(store));
    }

    /// <summary>What is damaged in the file that is open; null when nobody says so, and when nobody can read who does. A word about another file goes.</summary>
    /// <param name="opened">The file that is open.</param>
    public string? Find(FileIdentity opened)
    {
        if (!File.Exists(_path))
        {
            return null;
        }

        try
        {
            var words = Read().TrimEnd().Split(' ', 3);
            if (words is [var device, var inode, var damage]
                && device == opened.Device.ToString(CultureInfo.InvariantCulture) && inode == opened.Inode.ToString(CultureInfo.InvariantCulture))
            {
                return damage;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Tell($"{_path} says that the store is damaged, or was, and cannot be read: {exception.Message}. The store is used as it is; telemetry doctor looks through it.");
            return null;
        }

        Forget();
        return null;
    }

    /// <summary>Takes it away, where there is one.</summary>
    public void Forget()
    {
        try
        {
            if (File.Exists(_path))
            {
                File.Delete(_path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Tell($"{_path} is no word about the store, and cannot be taken away: {exception.Message}.");
        }
    }

    // Not waiting for whoever might be at the other end of a pipe.
    private string Read()
    {
        using var file = DiskFileSystem.Instance.OpenPlain(_path, writable: false);
        var bytes = new byte[MaxBytes];
        return System.Text.Encoding.UTF8.GetString(bytes, 0, file.Read(bytes, 0));
    }

    private void Tell(string said)
    {
        if (!_isTold)
        {
            _isTold = true;
            tell(said);
        }
    }
}
