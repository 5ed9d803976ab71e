using Akka.Configuration;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Db;
using Akka.Persistence.Sql.Journal;
using Akka.Persistence.Sql.Journal.Types;
using Akka.Persistence.Sql.Snapshot;
using LinqToDB;
using TelemetryActors.AkkaNet.Wire;

namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Takes runs that are gone out of a SQL journal: whoever deletes a run's events leaves its last row there, marked, for ever.</summary>
/// <remarks>
/// Blocks, for as long as the database does: for a background thread. At most <see cref="Most"/> rows in a transaction, so that no actor's turn waits long. Several may do it at once, in one process or on
/// several nodes: what another took out is not there. Right beside actors that live: one that has recovered counts on from its own memory, one that comes later begins with 1 in an empty journal,
/// and what was written since this looked stays. Limits: the tables' space is not given back to the disk but used again; journals of other kinds, and tables in the form of older plugins, are left alone.
/// </remarks>
internal sealed class RunUpkeep
{
    /// <summary>Runs looked at, and rows taken out, at once.</summary>
    public const int Most = 500;

    private readonly string _prefix;
    private readonly AkkaPersistenceDataConnectionFactory _journal;
    private readonly AkkaPersistenceDataConnectionFactory _snapshots;

    private RunUpkeep(string prefix, JournalConfig journal, SnapshotConfig snapshots) =>
        (_prefix, _journal, _snapshots) = (prefix, new AkkaPersistenceDataConnectionFactory(journal), new AkkaPersistenceDataConnectionFactory(snapshots));

    /// <summary>The upkeep of a journal; null where there is none to do: it is no SQL journal of this house's, or counts its sequence numbers elsewhere.</summary>
    public static RunUpkeep? Of(Config settings, RunSettings runs)
    {
        var (journal, snapshots) = (settings.GetConfig(runs.Journal), settings.GetConfig(runs.Snapshots));
        if (!Is<SqlWriteJournal>(journal) || !Is<SqlSnapshotStore>(snapshots))
        {
            return null;
        }

        var config = new JournalConfig(journal.WithFallback(SqlPersistence.DefaultJournalConfiguration));
        return config.DaoConfig.SqlCommonCompatibilityMode
            ? null
            : new RunUpkeep(runs.PersistencePrefix, config, new SnapshotConfig(snapshots.WithFallback(SqlPersistence.DefaultSnapshotConfiguration)));
    }

    /// <summary>Takes out all that is gone by now.</summary>
    /// <returns>How many rows.</returns>
    /// <exception cref="System.Data.Common.DbException">The database refuses; what was taken out before that is.</exception>
    public int TakeOut(DateTimeOffset now)
    {
        var taken = 0;
        for (var (page, last) = Next(_prefix); page.Count > 0; (page, last) = Next(last))
        {
            var gone = page.Where(run => GoneRuns.IsGone(run.Run, now)).ToList();
            taken += gone.Count > 0 ? TakeOut([.. gone.Select(run => run.Run.PersistenceId)], gone.Max(run => run.Last)) : 0;
        }

        return taken;
    }

    private static bool Is<T>(Config plugin) =>
        plugin.HasPath("connection-string") && Type.GetType(plugin.GetString("class"), throwOnError: false) is { } type && type.IsAssignableTo(typeof(T));

    private (IReadOnlyList<(KeptRun Run, long Last)> Page, string LastId) Next(string after)
    {
        // In every collation the names of these runs stand between: some leave out what is no letter.
        var end = _prefix[..2] + "z";
        using var connection = _journal.GetConnection();
        var rows = connection.GetTable<JournalRow>();
        var page = rows
            .Where(row => row.PersistenceId.CompareTo(after) > 0 && row.PersistenceId.CompareTo(end) < 0 && row.PersistenceId.StartsWith(_prefix))
            .GroupBy(row => row.PersistenceId)
            .Select(run => new { Id = run.Key, Last = run.Max(row => row.Ordering), Live = run.Sum(row => row.Deleted ? 0 : 1) })
            .OrderBy(run => run.Id)
            .Take(Most)
            .ToList();
        if (page.Count == 0)
        {
            return ([], after);
        }

        var lasts = page.ConvertAll(run => run.Last);
        var turns = rows.Where(row => lasts.Contains(row.Ordering)).Select(row => new { row.Ordering, row.Manifest, row.Timestamp }).ToDictionary(row => row.Ordering);
        var snapshots = WithSnapshots(page.ConvertAll(run => run.Id));
        return ([.. page.Where(run => turns.ContainsKey(run.Last)).Select(run => (new KeptRun(
            run.Id,
            run.Live == 0,
            WireSerializer.IsEnd(turns[run.Last].Manifest),
            snapshots.Contains(run.Id),
            new DateTimeOffset(turns[run.Last].Timestamp, TimeSpan.Zero)), run.Last))], page[^1].Id);
    }

    private HashSet<string> WithSnapshots(IReadOnlyCollection<string> runs)
    {
        using var connection = _snapshots.GetConnection();
        return (connection.UseDateTime
            ? connection.GetTable<DateTimeSnapshotRow>().Where(row => runs.Contains(row.PersistenceId)).Select(row => row.PersistenceId)
            : connection.GetTable<LongSnapshotRow>().Where(row => runs.Contains(row.PersistenceId)).Select(row => row.PersistenceId)).ToHashSet(StringComparer.Ordinal);
    }

    // Oldest first: the row that says what a run came to is the last to go.
    private int TakeOut(IReadOnlyCollection<string> runs, long upTo)
    {
        using var connection = _journal.GetConnection();
        var rows = connection.GetTable<JournalRow>();
        var taken = 0;
        while (true)
        {
            var some = rows.Where(row => runs.Contains(row.PersistenceId) && row.Ordering <= upTo).OrderBy(row => row.Ordering).Select(row => row.Ordering).Take(Most).ToList();
            if (some.Count == 0)
            {
                return taken;
            }

            taken += rows.Where(row => some.Contains(row.Ordering)).Delete();
        }
    }
}
