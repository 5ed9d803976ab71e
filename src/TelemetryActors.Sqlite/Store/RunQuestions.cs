using TelemetryActors.Runs;
using TelemetryActors.Store;

namespace TelemetryActors.Sqlite;

/// <summary>Questions about runs as SQL: each is answered from an index, in pages that begin behind the last row of the page before.</summary>
internal static class RunQuestions
{
    private const string Order = " ORDER BY began_at DESC, run_id DESC LIMIT ?";

    public static RunPage Page(Database database, RunQuery query)
    {
        using var select = database.Prepare(PageSql(query));
        var index = BindFilter(select, query);
        if (PageKey.TryParse(query.After, out var after))
        {
            select.Bind(index++, after.Time);
            select.Bind(index++, after.Row);
        }

        select.Bind(index, Math.Max(query.Limit, 0) + 1L);
        List<RunRecord> runs = [];
        List<PageKey> keys = [];
        while (select.Step())
        {
            runs.Add(RunRow.Read(select));
            keys.Add(new PageKey(select.Text(RunColumns.All.Count + 1)!, runs[^1].RunId));
        }

        var isMore = runs.Count > query.Limit;
        return new RunPage(isMore ? runs[..query.Limit] : runs, isMore && query.Limit > 0 ? keys[query.Limit - 1].ToString() : null);
    }

    public static RunRecord? Find(Database database, string runId)
    {
        using var select = database.Prepare($"SELECT {RunColumns.List} FROM agent_runs WHERE run_id = ?");
        select.Bind(1, runId);
        return select.Step() ? RunRow.Read(select) : null;
    }

    public static IReadOnlyList<RunCounts> Count(Database database, RunGrouping grouping, RunQuery filter)
    {
        var (agent, status, day) = (grouping.HasFlag(RunGrouping.Agent), grouping.HasFlag(RunGrouping.Status), grouping.HasFlag(RunGrouping.Day));
        using var select = database.Prepare($"""
            SELECT {(agent ? "agent_name" : "NULL")}, {(status ? "status" : "NULL")}, {(day ? "substr(began_at, 1, 10)" : "NULL")},
                count(*), count(duration_ms), min(duration_ms), avg(duration_ms), max(duration_ms)
            FROM agent_runs WHERE true{FilterSql(filter)}{(grouping == RunGrouping.None ? "" : " GROUP BY 3, 1, 2 ORDER BY 3 DESC, 1, 2")}
            """);
        BindFilter(select, filter);
        List<RunCounts> counts = [];
        while (select.Step())
        {
            counts.Add(new RunCounts(
                select.Text(0),
                RunStatusText.TryParse(select.Text(1), out var stands) ? stands : null,
                DateOnly.TryParse(select.Text(2), System.Globalization.CultureInfo.InvariantCulture, out var began) ? began : null,
                select.Number(3),
                select.Number(4),
                select.RealOrNull(5),
                select.RealOrNull(6),
                select.RealOrNull(7)));
        }

        return counts;
    }

    /// <summary>The page's SQL; its text depends on which filters there are, not on their values.</summary>
    public static string PageSql(RunQuery query) =>
        $"SELECT {RunColumns.List}, began_at FROM agent_runs WHERE true{FilterSql(query)}"
        + (PageKey.TryParse(query.After, out _) ? " AND (began_at, run_id) < (?, ?)" : "") + Order;

    private static string FilterSql(RunQuery query) =>
        (query.Commit is null ? "" : " AND git_commit_hash = ?")
        + (query.Agent is null ? "" : " AND agent_name = ?")
        + (query.Status is null ? "" : " AND status = ?")
        + (query.Since is null ? "" : " AND began_at >= ?");

    private static int BindFilter(Statement select, RunQuery query)
    {
        var index = 1;
        foreach (var text in new[] { query.Commit, query.Agent, query.Status?.ToText(), query.Since is { } since ? StoredTime.Format(since) : null })
        {
            if (text is not null)
            {
                select.Bind(index++, text);
            }
        }

        return index;
    }
}
