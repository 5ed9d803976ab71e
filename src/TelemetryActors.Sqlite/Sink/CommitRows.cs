using TelemetryActors.Encoding;
using TelemetryActors.Runs;

namespace TelemetryActors.Sqlite;

/// <summary>The table of git commits: one row a commit and run, as lines of the run tell it.</summary>
internal sealed class CommitRows(Database database) : IDisposable
{
    private readonly Statement _write = database.Prepare("""
        INSERT INTO commits (commit_hash, run_id, agent_name, repo, branch, commit_date, author, source, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (commit_hash, run_id) DO UPDATE SET agent_name = coalesce(excluded.agent_name, agent_name), repo = coalesce(excluded.repo, repo),
            branch = coalesce(excluded.branch, branch), commit_date = coalesce(excluded.commit_date, commit_date),
            author = coalesce(excluded.author, author), source = coalesce(excluded.source, source)
        """);

    /// <summary>Takes a line that may name a commit.</summary>
    public void Take(in EventLine line, string runId)
    {
        using var details = RunDetails.Of(line);
        if (details.Text(RunEvents.CommitHash) is not { Length: > 0 } hash)
        {
            return;
        }

        _write.Bind(1, hash);
        _write.Bind(2, runId);
        _write.Bind(3, line.Agent);
        _write.Bind(4, details.Text("git_repo"));
        _write.Bind(5, details.Text("git_branch"));
        _write.Bind(6, details.Text("git_commit_timestamp"));
        _write.Bind(7, details.Text("git_commit_author"));
        _write.Bind(8, details.Text("git_commit_source"));
        _write.Bind(9, StoredTime.Format(line.Timestamp));
        _write.Run();
    }

    public void Dispose() => _write.Dispose();
}
