namespace TelemetryActors.Sqlite;

/// <summary>What SQLite's own look at a store's pages found (<c>PRAGMA quick_check</c>).</summary>
/// <param name="Damage">The first thing that is damaged; null when none was found.</param>
/// <param name="IsThrough">Whether all of it was looked at.</param>
internal readonly record struct StoreCheck(string? Damage, bool IsThrough)
{
    /// <summary>How long a look may take. It reads every page, and with a rollback journal no writer commits meanwhile.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Looks, and changes nothing.</summary>
    /// <param name="path">The store's file.</param>
    /// <param name="patience">How long it may take.</param>
    /// <exception cref="IOException">It cannot be read now, or is no store.</exception>
    public static StoreCheck Of(string path, TimeSpan patience)
    {
        using var time = new CancellationTokenSource(patience, TimeProvider.System);
        try
        {
            using var database = Database.OpenToRead(path, LongestWait);
            using var end = time.Token.Register(database.Interrupt);
            var found = database.Text("PRAGMA quick_check(1)");

            // What was ended half-way takes the pages that it did not come to for pages that nobody uses.
            return time.IsCancellationRequested ? new StoreCheck(null, IsThrough: false) : new StoreCheck(OfPages(found), IsThrough: true);
        }
        catch (SqliteFault fault) when (fault.IsDamage)
        {
            return new StoreCheck(fault.Message, IsThrough: true);
        }
        catch (SqliteFault fault) when (fault.IsInterrupted)
        {
            return new StoreCheck(null, IsThrough: false);
        }
    }

    // Behind the pages SQLite looks at what tables forbid: a row of the owner's that breaks the owner's rule is no damage.
    private static string? OfPages(string? found) =>
        found is not null && (found.StartsWith("***", StringComparison.Ordinal) || found.Contains("malformed", StringComparison.Ordinal))
            ? string.Join(' ', found.Split('\n').Where(line => !line.StartsWith("***", StringComparison.Ordinal)))
            : null;
}
