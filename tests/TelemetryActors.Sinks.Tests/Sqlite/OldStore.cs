namespace TelemetryActors.Sqlite;

/// <summary>Stores as an older system made them: its checks, its required columns, its words.</summary>
internal static class OldStore
{
    private const string Metrics = "{\"k\": 1}";
    private const string Payload = "{\"step\": 1}";

    public static string Sql(int version) => $"""
        CREATE TABLE agent_runs (
            run_id TEXT PRIMARY KEY, schema_version INTEGER DEFAULT {version}, agent_name TEXT NOT NULL, agent_owner TEXT, job_type TEXT,
            trigger_type TEXT CHECK (trigger_type IN ('cli', 'web', 'scheduler', 'mcp', 'manual')), start_time TEXT NOT NULL, end_time TEXT,
            status TEXT CHECK (status IN ('running', 'success', 'failure', 'partial', 'timeout', 'cancelled')),
            items_discovered INTEGER DEFAULT 0, items_succeeded INTEGER DEFAULT 0, items_failed INTEGER DEFAULT 0, duration_ms INTEGER,
            input_summary TEXT, output_summary TEXT, error_summary TEXT, metrics_json TEXT,{(version > 1 ? "insight_id TEXT," : "")} product TEXT, platform TEXT,
            {(version > 2 ? "product_family TEXT, subdomain TEXT," : "")} git_repo TEXT, git_branch TEXT, git_run_tag TEXT, host TEXT,
            api_posted INTEGER DEFAULT 0, api_posted_at TEXT, api_retry_count INTEGER DEFAULT 0,
            created_at TEXT DEFAULT (datetime('now')), updated_at TEXT DEFAULT (datetime('now')));
        CREATE TABLE run_events (
            id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL REFERENCES agent_runs (run_id), event_type TEXT NOT NULL, timestamp TEXT NOT NULL, payload_json TEXT);
        CREATE TABLE commits (
            commit_hash TEXT PRIMARY KEY, run_id TEXT REFERENCES agent_runs (run_id), agent_name TEXT, repo TEXT, branch TEXT, commit_date TEXT, author TEXT, message TEXT,
            files_changed INTEGER, insertions INTEGER, deletions INTEGER, created_at TEXT DEFAULT (datetime('now')));
        CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, applied_at TEXT DEFAULT (datetime('now')), description TEXT);
        CREATE INDEX idx_runs_agent ON agent_runs (agent_name);
        CREATE INDEX idx_events_run ON run_events (run_id);
        INSERT INTO agent_runs (run_id, agent_name, trigger_type, start_time, end_time, status, items_discovered, duration_ms, metrics_json)
            VALUES ('20240115T103000Z-scraper-aaaaaaaa', 'scraper', 'cli', '2024-01-15T10:30:00+00:00', '2024-01-15T10:30:05.250000+00:00', 'failure', 3, 5250, '{Metrics}');
        INSERT INTO agent_runs (run_id, agent_name, start_time, status) VALUES ('20240115T113000Z-scraper-bbbbbbbb', 'scraper', '2024-01-15T11:30:00+01:00', 'running');
        INSERT INTO run_events (run_id, event_type, timestamp, payload_json) VALUES ('20240115T103000Z-scraper-aaaaaaaa', 'checkpoint', '2024-01-15T10:30:01+00:00', '{Payload}');
        INSERT INTO run_events (run_id, event_type, timestamp, payload_json) VALUES ('20240115T103000Z-scraper-aaaaaaaa', 'note', '2024-01-15 10:30:02', 'no json');
        INSERT INTO commits (commit_hash, run_id, message) VALUES ('abc', '20240115T103000Z-scraper-aaaaaaaa', 'fix');
        INSERT INTO schema_migrations (version, description) VALUES ({version}, 'as the older system says');
        {(version > 1 ? "UPDATE agent_runs SET insight_id = 'i-1' WHERE items_discovered = 3;" : "")}
        {(version > 2 ? "UPDATE agent_runs SET product_family = 'words' WHERE items_discovered = 3;" : "")}
        """.Replace('\n', ' ');
}
