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
    private readonly CommitRows _commits;
    private readonly Dictionary<string, FoldedRun> _runs = new(StringComparer.Ordinal);
    private readonly List<FoldedRun> _touched = [];

    public RunRows(Database database)
    {
        var columns = RunColumns.All;
        _select = database.Prepare($"SELECT {RunColumns.List} FROM agent_runs WHERE run_id = ?");
        _insert = database.Prepare(
            $"INSERT INTO agent_runs ({string.Join(", ", columns)}, run_id, created_at) VALUES ({string.Join(", ", Enumerable.Repeat("?", columns.Count + 2))})");
        _update = database.Prepare($"UPDATE agent_runs SET {string.Join(", ", columns.Select(column => column + " = ?"))} WHERE run_id = ?");
        _commits = new CommitRows(database);
    }

    /// <summary>Takes a line of a run.</summary>
    public void Take(in EventLine line, string runId)
    {
        var run = Find(runId, line.Timestamp);
        if (!run.IsTouched)
        {
            run.IsTouched = true;
            _touched.Add(run);
        }

        if (run.State.Apply(line) is RunChange.Started or RunChange.CommitKnown or RunChange.Ended)
        {
            _commits.Take(line, runId);
        }
    }

    /// <summary>Writes what the batch changed, in its transaction.</summary>
    public void Write()
    {
        foreach (var run in _touched)
        {
            var statement = run.IsStored ? _update : _insert;
            var record = run.State.ToRecord();
            var index = RunRow.Bind(statement, record);
            statement.Bind(index++, record.RunId);
            if (!run.IsStored)
            {
                statement.Bind(index, StoredTime.Format(run.FirstLine));
            }

            statement.Run();
        }
    }

    /// <summary>The transaction holds.</summary>
    public void Committed()
    {
        foreach (var run in _touched)
        {
            run.IsTouched = false;
            run.IsStored = true;
        }

        _touched.Clear();
        if (_runs.Count > MaxKept)
        {
            _runs.Clear();
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
    }

    public void Dispose()
    {
        _select.Dispose();
        _insert.Dispose();
        _update.Dispose();
        _commits.Dispose();
    }

    private FoldedRun Find(string runId, DateTimeOffset seen)
    {
        if (_runs.TryGetValue(runId, out var known))
        {
            return known;
        }

        _select.Bind(1, runId);
        var run = _select.Step() ? new FoldedRun(RunState.From(RunRow.Read(_select)), seen) { IsStored = true } : new FoldedRun(new RunState(runId), seen);
        _select.Reset();
        _runs[runId] = run;
        return run;
    }
}
