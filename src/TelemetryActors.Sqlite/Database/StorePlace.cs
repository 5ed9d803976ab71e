using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>Where a store may be: nowhere that the product keeps something else, and in no file of another kind (S4.11).</summary>
internal static class StorePlace
{
    /// <summary>What <see cref="CanBe"/> asks for, in words.</summary>
    public const string Rule = OwnPlaces.Rule;

    private static readonly byte[] Header = [.. "SQLite format 3\0"u8];
    private static readonly string Default = Path.DirectorySeparatorChar + new SqliteOptions().Path;

    /// <summary>Whether a path can be the store's: it names a file, and none that the product keeps for something else.</summary>
    public static bool CanBe(string path) => OwnPlaces.Spare(path, OwnPlaces.Store);

    /// <summary>Whether a full path can be the store's of a base directory, into which it may lead.</summary>
    public static bool CanBeFor(string path, string baseDirectory) => OwnPlaces.SpareIn(path, baseDirectory, OwnPlaces.Store);

    /// <summary>Whether a damaged file may be set aside: SQLite's words stand at its beginning, or it is the file that the product makes unless it is told otherwise.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static bool IsStore(string path)
    {
        if (path.EndsWith(Default, StringComparison.Ordinal))
        {
            return true;
        }

        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        Span<byte> first = stackalloc byte[Header.Length];
        var length = RandomAccess.Read(file, first, 0);
        return first[..length].SequenceEqual(Header);
    }
}
