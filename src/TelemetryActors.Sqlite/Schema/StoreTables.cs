namespace TelemetryActors.Sqlite;

/// <summary>The store's tables as SQL, version by version.</summary>
internal static class StoreTables
{
    /// <summary>The tables as they began (S4.11).</summary>
    public const string Version1 = """
        CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, applied_at TEXT, description TEXT);
        CREATE TABLE agent_runs (
            run_id TEXT PRIMARY KEY, agent_name TEXT, agent_owner TEXT, job_type TEXT, trigger_type TEXT, start_time TEXT, end_time TEXT, status TEXT,
            items_discovered INTEGER, items_succeeded INTEGER, items_failed INTEGER, duration_ms INTEGER,
            input_summary TEXT, output_summary TEXT, error_summary TEXT, metrics_json TEXT, product TEXT, platform TEXT,
            git_repo TEXT, git_branch TEXT, git_run_tag TEXT, host TEXT,
            api_posted INTEGER, api_posted_at TEXT, api_retry_count INTEGER, created_at TEXT, updated_at TEXT);
        CREATE TABLE run_events (id INTEGER PRIMARY KEY, run_id TEXT, event_type TEXT, timestamp TEXT, payload_json TEXT);
        CREATE TABLE commits (
            commit_hash TEXT PRIMARY KEY, run_id TEXT, agent_name TEXT, repo TEXT, branch TEXT, commit_date TEXT, author TEXT, message TEXT,
            files_changed INTEGER, insertions INTEGER, deletions INTEGER, created_at TEXT);
        """;

    /// <summary>What a run is an insight of (S4.12).</summary>
    public const string Version2 = "ALTER TABLE agent_runs ADD COLUMN insight_id TEXT;";

    /// <summary>The business context (S4.12).</summary>
    public const string Version3 = """
        ALTER TABLE agent_runs ADD COLUMN product_family TEXT;
        ALTER TABLE agent_runs ADD COLUMN subdomain TEXT;
        """;

    /// <summary>
    /// What this product needs: tables made anew, because older ones forbid statuses and unknown starts; rows that are there are taken over, their times and
    /// statuses in this product's words.
    /// </summary>
    public static readonly string Version4 = $$"""
        ALTER TABLE agent_runs RENAME TO agent_runs_3;
        ALTER TABLE run_events RENAME TO run_events_3;
        ALTER TABLE commits RENAME TO commits_3;
        CREATE TABLE agent_runs (
            run_id TEXT PRIMARY KEY,
            event_id TEXT, agent_name TEXT, agent_owner TEXT, job_type TEXT, trigger_type TEXT,
            start_time TEXT, end_time TEXT, status TEXT NOT NULL,
            items_discovered INTEGER, items_succeeded INTEGER, items_failed INTEGER, duration_ms REAL,
            input_summary TEXT, output_summary TEXT, error_summary TEXT, metrics_json TEXT,
            insight_id TEXT, product TEXT, platform TEXT, product_family TEXT, subdomain TEXT, website TEXT, website_section TEXT, item_name TEXT,
            git_repo TEXT, git_branch TEXT, git_run_tag TEXT, git_commit_hash TEXT, git_commit_source TEXT, git_commit_author TEXT, git_commit_timestamp TEXT,
            host TEXT, api_posted INTEGER, api_posted_at TEXT, api_retry_count INTEGER, created_at TEXT, updated_at TEXT,
            began_at TEXT NOT NULL, last_seq INTEGER, event_count INTEGER NOT NULL, duplicate_count INTEGER NOT NULL, ignored_end_count INTEGER NOT NULL,
            unnumbered_ids TEXT);
        INSERT INTO agent_runs (
            run_id, agent_name, agent_owner, job_type, trigger_type, start_time, end_time, status,
            items_discovered, items_succeeded, items_failed, duration_ms, input_summary, output_summary, error_summary, metrics_json,
            insight_id, product, platform, product_family, subdomain, git_repo, git_branch, git_run_tag,
            host, api_posted, api_posted_at, api_retry_count, created_at, updated_at, began_at, event_count, duplicate_count, ignored_end_count)
        SELECT
            run_id, agent_name, agent_owner, job_type, trigger_type,
            coalesce({{Utc("start_time")}}, start_time), coalesce({{Utc("end_time")}}, end_time),
            CASE lower(trim(coalesce(status, ''))) WHEN 'failure' THEN 'failed' WHEN 'completed' THEN 'success' WHEN 'succeeded' THEN 'success'
                WHEN '' THEN 'running' ELSE lower(trim(status)) END,
            items_discovered, items_succeeded, items_failed, duration_ms, input_summary, output_summary, error_summary, metrics_json,
            insight_id, product, platform, product_family, subdomain, git_repo, git_branch, git_run_tag,
            host, api_posted, api_posted_at, api_retry_count,
            coalesce({{Utc("created_at")}}, created_at), coalesce({{Utc("updated_at")}}, updated_at),
            coalesce({{Utc("start_time")}}, {{Utc("created_at")}}, ''), 0, 0, 0
        FROM agent_runs_3 WHERE run_id IS NOT NULL;
        CREATE TABLE run_events (
            id INTEGER PRIMARY KEY, event_id TEXT UNIQUE, run_id TEXT, seq INTEGER, timestamp TEXT NOT NULL, event_type TEXT NOT NULL,
            level TEXT, agent_name TEXT, session_id TEXT, user_id TEXT, weight INTEGER, received_at TEXT, payload_json TEXT NOT NULL);
        INSERT INTO run_events (id, run_id, timestamp, event_type, payload_json)
        SELECT id, run_id, coalesce(
                {{Utc("timestamp")}},
                (SELECT nullif(r.began_at, '') FROM agent_runs r WHERE r.run_id = run_events_3.run_id), '1970-01-01T00:00:00.000000Z'),
            coalesce(nullif(trim(event_type), ''), 'event'),
            CASE WHEN timestamp IS NULL OR strftime('%s', timestamp) IS NOT NULL THEN payload ELSE json_set(payload, '$.unreadable_time', timestamp) END
        FROM (
            SELECT *,
                CASE WHEN payload_json IS NULL THEN '{}' WHEN NOT json_valid(payload_json) THEN json_object('payload', payload_json)
                    ELSE CASE json_type(payload_json) WHEN 'object' THEN payload_json ELSE json_object('payload', json(payload_json)) END END AS payload
            FROM run_events_3) AS run_events_3;
        UPDATE agent_runs SET event_count = counted.events
        FROM (SELECT run_id AS run, count(*) AS events FROM run_events GROUP BY run_id) AS counted WHERE counted.run = agent_runs.run_id;
        CREATE TABLE commits (
            commit_hash TEXT NOT NULL, run_id TEXT NOT NULL, agent_name TEXT, repo TEXT, branch TEXT, commit_date TEXT, author TEXT, source TEXT, message TEXT,
            files_changed INTEGER, insertions INTEGER, deletions INTEGER, created_at TEXT, PRIMARY KEY (commit_hash, run_id));
        INSERT INTO commits (commit_hash, run_id, agent_name, repo, branch, commit_date, author, message, files_changed, insertions, deletions, created_at)
        SELECT commit_hash, coalesce(run_id, ''), agent_name, repo, branch, commit_date, author, message, files_changed, insertions, deletions, created_at
        FROM commits_3 WHERE commit_hash IS NOT NULL;
        DROP TABLE run_events_3;
        DROP TABLE commits_3;
        DROP TABLE agent_runs_3;
        CREATE TABLE sink_accounts (
            slot INTEGER PRIMARY KEY, stream TEXT NOT NULL, position INTEGER NOT NULL, ordinal INTEGER NOT NULL, accepted_from INTEGER NOT NULL,
            carried INTEGER NOT NULL, replayed INTEGER NOT NULL, delivered INTEGER NOT NULL, dead_lettered INTEGER NOT NULL, dropped TEXT NOT NULL,
            events_from INTEGER);
        """ + Indexes;

    // SQLite knows milliseconds alone, and rounds into the next second: the fraction's digits are taken as they stand.
    private static string Utc(string column) => $"""
        CASE WHEN strftime('%s', {column}) IS NULL THEN NULL
            WHEN {column} NOT LIKE '%:%.%' THEN strftime('%Y-%m-%dT%H:%M:%f000Z', {column})
            ELSE strftime('%Y-%m-%dT%H:%M:%S.', substr({column}, 1, instr({column}, '.') - 1) || ltrim(substr({column}, instr({column}, '.') + 1), '0123456789'))
                || substr(replace(substr({column}, instr({column}, '.') + 1), ltrim(substr({column}, instr({column}, '.') + 1), '0123456789'), '') || '000000', 1, 6) || 'Z' END
        """;

    /// <summary>What the questions of <c>IRunStore</c> are answered by; a spec looks at their plans.</summary>
    private const string Indexes = """

        CREATE INDEX runs_by_time ON agent_runs (began_at, run_id);
        CREATE INDEX runs_by_agent ON agent_runs (agent_name, began_at, run_id);
        CREATE INDEX runs_by_status ON agent_runs (status, began_at, run_id);
        CREATE INDEX runs_by_agent_status ON agent_runs (agent_name, status, began_at, run_id);
        CREATE INDEX runs_by_commit ON agent_runs (git_commit_hash, began_at, run_id) WHERE git_commit_hash IS NOT NULL;
        CREATE INDEX runs_by_insight ON agent_runs (insight_id) WHERE insight_id IS NOT NULL;
        CREATE INDEX events_by_time ON run_events (timestamp);
        CREATE INDEX events_by_type ON run_events (event_type, timestamp);
        CREATE INDEX events_by_run ON run_events (run_id, timestamp) WHERE run_id IS NOT NULL;
        CREATE INDEX commits_by_run ON commits (run_id);

        """;
}
