using TelemetryActors.Storage;

namespace TelemetryActors.Sqlite;

/// <summary>Where the store is, and how it is opened to be written.</summary>
internal sealed record StoreFile
{
    /// <summary>The path; a URI when the store is in memory.</summary>
    public required string Path { get; init; }

    /// <summary>Whether events are stored besides runs.</summary>
    public bool Events { get; init; }

    /// <summary>The journal that is wanted.</summary>
    public SqliteJournal Journal { get; init; }

    /// <summary>What SQLite waits for; null for what suits the journal.</summary>
    public SqliteSynchronous? Synchronous { get; init; }

    /// <summary>Says what kind of file system a directory is on.</summary>
    public Func<string, FileSystemKind> KindOf { get; init; } = FileStatus.FileSystemOf;

    /// <summary>Whether the product keeps something else in this place.</summary>
    public bool IsTaken { get; init; }

    /// <summary>Whether it is in memory.</summary>
    public bool IsMemory => Path.StartsWith("file:", StringComparison.Ordinal);

    /// <summary>Opens it, made or brought to this product's version when that is needed.</summary>
    /// <param name="now">When this is done.</param>
    /// <param name="tell">Told what the owner should know.</param>
    /// <exception cref="StoreRefusedException">It is of a newer version, or of something else; it is left as it is.</exception>
    /// <exception cref="IOException">It cannot be opened now.</exception>
    public StoreWriter Open(DateTimeOffset now, Action<string> tell)
    {
        CheckPlace();
        if (!IsMemory)
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        }

        var database = Database.OpenToWrite(Path);
        try
        {
            StoreSchema.Read(database, Path);
            SetJournal(database, tell);
            StoreSchema.Migrate(database, Path, now);
            return new StoreWriter(database, Events);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Looks whether a store may be here at all, before anything of the place is touched.</summary>
    /// <exception cref="StoreRefusedException">It may not.</exception>
    public void CheckPlace()
    {
        if (IsTaken)
        {
            throw new StoreRefusedException($"{Path} cannot be the store: the product keeps something else there. It is left as it is; sinks.sqlite.path must be {StorePlace.Rule}.");
        }
    }

    /// <summary>Looks whether what SQLite calls damaged was a database at all.</summary>
    /// <exception cref="StoreRefusedException">It was not: it is somebody's file of another kind.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void CheckKind()
    {
        if (!IsMemory && !StorePlace.IsStore(Path))
        {
            throw new StoreRefusedException($"{Path} is no SQLite database and does not begin as one: it is left as it is. Name another file in sinks.sqlite.path, or move this one away.");
        }
    }

    /// <summary>Puts a damaged file away under another name, so that a new one can be made.</summary>
    /// <returns>That name.</returns>
    /// <exception cref="StoreRefusedException">It was no database; it is left as it is.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public string SetAside(DateTimeOffset now)
    {
        CheckKind();
        return DamagedDatabase.SetAside(Path, now);
    }

    private void SetJournal(Database database, Action<string> tell)
    {
        var isWal = false;
        if (!IsMemory)
        {
            var choice = JournalChoice.Of(Journal, KindOf(System.IO.Path.GetDirectoryName(Path)!), Path);
            if (choice.Said is { } said)
            {
                tell(said);
            }

            var wanted = choice.IsWal ? "wal" : "delete";
            var mode = database.Text("PRAGMA journal_mode");
            mode = mode == wanted ? mode : database.Text($"PRAGMA journal_mode = {wanted}");
            isWal = mode == "wal";
            if (mode != wanted)
            {
                tell($"{Path} keeps its journal mode {mode}: SQLite cannot use {wanted} there.");
            }
        }

        var synchronous = Synchronous ?? (isWal ? SqliteSynchronous.Normal : SqliteSynchronous.Full);
        database.Execute($"PRAGMA synchronous = {synchronous.ToString().ToUpperInvariant()}; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8000;");
    }
}
