using TelemetryActors.Encoding;
using TelemetryActors.Runs;

namespace TelemetryActors.Sqlite;

/// <summary>The table of runs: lines are folded in memory, and each run that a batch touched is written once, at its end (S4.16).</summary>
internal sealed class RunRows : IDisposable
{
    // Runs kept in memory beside each other; one that is not is read from its row.
    private const int MaxKept = 4096;

    private readonly Statement _select;
    private readonly Statement _insert;
    private readonly Statement _update;
    private readonly Statement _count;
    private readonly CommitRows _commits;
    private readonly Dictionary<string, FoldedRun> _runs = new(StringComparer.Ordinal);
    private readonly List<FoldedRun> _touched = [];
    private FoldedRun? _last;

    public RunRows(Database database)
    {
        var columns = RunColumns.All;
        _select = database.Prepare($"SELECT {RunColumns.List} FROM agent_runs WHERE run_id = ?");
        _insert = database.Prepare(
            $"INSERT INTO agent_runs ({string.Join(", ", columns)}, created_at, run_id) VALUES ({string.Join(", ", Enumerable.Repeat("?", columns.Count + 2))})");
        _update = database.Prepare($"UPDATE agent_runs SET {string.Join(", ", columns.Select(column => column + " = ?"))}, created_at = min(created_at, ?) WHERE run_id = ?");
        _count = database.Prepare(
            "UPDATE agent_runs SET updated_at = ?, last_seq = ?, event_count = ?, duplicate_count = ?, ignored_end_count = ?, unnumbered_ids = ?, created_at = min(created_at, ?) WHERE run_id = ?");
        _commits = new CommitRows(database);
    }

    /// <summary>Takes a line; one of no run is passed over.</summary>
    public void Take(in EventLine line)
    {
        // Lines of one run stand beside each other more often than not.
        var run = _last is { } last && line.IsOf(last.State.RunId) ? last : line.RunId is { Length: > 0 } runId ? Find(runId, line.Timestamp) : null;
        if (run is null)
        {
            return;
        }

        _last = run;
        if (!run.IsTouched)
        {
            run.IsTouched = true;
            _touched.Add(run);
        }

        run.See(line.Timestamp);
        var change = run.State.Apply(line);
        run.IsOnlyCounted &= change is RunChange.Continued or RunChange.Duplicate or RunChange.EndIgnored;
        if (change is RunChange.Started or RunChange.CommitKnown or RunChange.Ended)
        {
            _commits.Take(line, run.State.RunId);
        }
    }

    /// <summary>Writes what the batch changed, in its transaction.</summary>
    public void Write()
    {
        foreach (var run in _touched)
        {
            var record = run.State.ToRecord();
            if (run is { IsStored: true, IsOnlyCounted: true } && record.StartTime is not null && record.AgentName == run.StoredAgent)
            {
                Count(record, run.FirstLine);
                continue;
            }

            var statement = run.IsStored ? _update : _insert;
            var index = RunRow.Bind(statement, record);
            statement.Bind(index++, StoredTime.Format(run.FirstLine));
            statement.Bind(index, record.RunId);
            statement.Run();
            run.StoredAgent = record.AgentName;
        }
    }

    /// <summary>The transaction holds.</summary>
    public void Committed()
    {
        foreach (var run in _touched)
        {
            run.IsTouched = false;
            run.IsOnlyCounted = true;
            run.IsStored = true;
        }

        _touched.Clear();
        if (_runs.Count > MaxKept)
        {
            _runs.Clear();
            _last = null;
        }
    }

    /// <summary>The transaction was undone: what was folded meanwhile is read again from its rows.</summary>
    public void RolledBack()
    {
        foreach (var run in _touched)
        {
            _runs.Remove(run.State.RunId);
        }

        _touched.Clear();
        _last = null;
    }

    public void Dispose()
    {
        _select.Dispose();
        _insert.Dispose();
        _update.Dispose();
        _count.Dispose();
        _commits.Dispose();
    }

    // Most batches only lengthen a run: nothing of that is in an index.
    private void Count(RunRecord run, DateTimeOffset firstLine)
    {
        var index = RunRow.BindCounts(_count, run, 1);
        _count.Bind(index++, StoredTime.Format(firstLine));
        _count.Bind(index, run.RunId);
        _count.Run();
    }

    private FoldedRun Find(string runId, DateTimeOffset seen)
    {
        if (_runs.TryGetValue(runId, out var known))
        {
            return known;
        }

        _select.Bind(1, runId);
        var stored = _select.Step() ? RunRow.Read(_select) : null;
        _select.Reset();
        var run = stored is null
            ? new FoldedRun(new RunState(runId), seen)
            : new FoldedRun(RunState.From(stored), seen) { IsStored = true, StoredAgent = stored.AgentName };
        _runs[runId] = run;
        return run;
    }
}
