using System.Globalization;
using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>Word for a store's sink that its file is damaged, beside the file: left by a reader who met the damage, for the sink may not come there for long.</summary>
/// <remarks>It names the file by its number on its device: a store that took the place meanwhile is another one, and the word is none of it.</remarks>
internal static class DamageWord
{
    private const string Ending = ".damaged";

    /// <summary>Leaves it.</summary>
    /// <param name="store">The store's path.</param>
    /// <param name="damaged">Which file it was.</param>
    /// <param name="damage">What is damaged.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The reader may not write there.</exception>
    public static void Leave(string store, FileIdentity damaged, string damage) =>
        File.WriteAllText(store + Ending, string.Create(CultureInfo.InvariantCulture, $"{damaged.Device} {damaged.Inode} {damage}\n"));

    /// <summary>What is damaged in the file that is open; null when nobody says so. A word about another file goes.</summary>
    /// <param name="store">The store's path.</param>
    /// <param name="opened">The file that is open.</param>
    public static string? Find(string store, FileIdentity opened)
    {
        if (!File.Exists(store + Ending))
        {
            return null;
        }

        var words = File.ReadAllText(store + Ending).TrimEnd().Split(' ', 3);
        if (words is [var device, var inode, var damage]
            && device == opened.Device.ToString(CultureInfo.InvariantCulture) && inode == opened.Inode.ToString(CultureInfo.InvariantCulture))
        {
            return damage;
        }

        Forget(store);
        return null;
    }

    /// <summary>Takes it away, where there is one.</summary>
    public static void Forget(string store)
    {
        if (File.Exists(store + Ending))
        {
            File.Delete(store + Ending);
        }
    }
}
