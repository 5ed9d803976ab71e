using Xunit;

namespace TelemetryActors.Sqlite;

/// <summary>What a rebuilt store takes from the old one of runs whose start the log does not hold any more.</summary>
[Trait("Feature", "S4.9")]
public sealed class OlderRowsSpec : IDisposable
{
    private const string Run = "20260301T120000Z-crawler-00000001";
    private const string Facts = "SELECT status, agent_name, start_time IS NULL, end_time IS NULL, duration_ms, event_count, last_seq, agent_owner, began_at FROM agent_runs";

    private readonly StoreFolder _old = new();
    private readonly StoreFolder _made = new();

    public void Dispose()
    {
        _old.Dispose();
        _made.Dispose();
    }

    [Fact]
    public void A_run_that_ended_since_stays_ended_and_gets_what_only_the_old_row_knows()
    {
        Fill(_old, Batches.Run(Run, 1)[..1]);
        Fill(_made, Batches.Run(Run, 1, "05")[1..]);
        _old.Execute("UPDATE agent_runs SET agent_owner = 'search', job_type = 'hourly'");

        var runs = OlderRows.Take(_made.File(), _old.File(), _made.Time.GetUtcNow(), _made.Said.Add);

        Assert.Equal(["success|crawler|0|0|12.5|2|3|search|2026-03-01T12:00:00.000000Z"], _made.Lines(Facts));
        Assert.Equal(("hourly", 0L), (_made.Rows("SELECT job_type FROM agent_runs").Single()[0], runs));
    }

    [Fact]
    public void A_run_of_which_the_log_has_only_a_late_line_stays_as_it_ended()
    {
        Fill(_old, Batches.Run(Run, 1));
        Fill(_made, Batches.Line("note", 4, Run, 4, second: "59"));

        OlderRows.Take(_made.File(), _old.File(), _made.Time.GetUtcNow(), _made.Said.Add);

        Assert.Equal(["success|crawler|0|0|12.5|3|4||2026-03-01T12:00:00.000000Z"], _made.Lines(Facts));
    }

    [Fact]
    public void A_run_that_the_log_holds_whole_takes_nothing_from_the_old_row()
    {
        Fill(_old, Batches.Run(Run, 1)[..1]);
        _old.Execute("UPDATE agent_runs SET agent_owner = 'search', event_count = 99");
        Fill(_made, Batches.Run(Run, 1));

        OlderRows.Take(_made.File(), _old.File(), _made.Time.GetUtcNow(), _made.Said.Add);

        Assert.Equal(["success|crawler|0|0|12.5|3|3||2026-03-01T12:00:00.000000Z"], _made.Lines(Facts));
    }

    private static void Fill(StoreFolder folder, params string[] lines)
    {
        var sink = folder.Sink();
        sink.Take(Batches.All(lines));
        sink.Close();
    }
}
