using System.Text.Json;
using TelemetryActors.Engine;
using TelemetryActors.Runs;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Store;

public sealed class StoreCommandsSpec : IDisposable
{
    private const string Hash = "0123456789abcdef0123456789abcdef01234567";

    private readonly TelemetryProgram _program = new();
    private string _run = "";

    public StoreCommandsSpec() => _program.Record(client =>
    {
        using (var run = client.StartRun("crawler", "nightly"))
        {
            _run = run.Id;
            run.Record("checkpoint", ("step", 1), ("formula", "=1+1"));
            run.SetMetric("items", 10);
        }

        client.StartRun("indexer", "hourly").End(RunStatus.Partial);
    });

    public void Dispose() => _program.Dispose();

    [Fact]
    [Trait("Feature", "S4.11")]
    public void With_a_store_the_listings_say_the_same_as_with_the_log_alone()
    {
        string[][] commands = [["runs"], ["runs", "--json"], ["runs", "--agent", "indexer"], ["runs", "--status", "success"], ["runs", "show", _run], ["show"], ["show", "--json"], ["show", "--event", "checkpoint"], ["show", "--run", _run, "--last", "2"]];
        string[] Outputs() => [.. commands.Select(command => _program.Run(command)).Select(result => result.ExitCode + result.Output + result.Error)];
        var log = Outputs();

        Assert.Equal(0, _program.Run("rebuild", "--events").ExitCode);
        var store = Outputs();
        _program.Record(client => client.StartRun("late", "behind").End());
        var behind = Outputs();
        File.Delete(Path.Combine(_program.Base, "db", "telemetry.sqlite"));

        Assert.Equal(log, store);
        Assert.Equal(Outputs(), behind);
        Assert.Contains("late", behind[0]);
    }

    [Fact]
    public void A_store_that_cannot_be_read_is_passed_over_aloud()
    {
        var before = _program.Run("runs").Output;
        Directory.CreateDirectory(Path.Combine(_program.Base, "db"));
        File.WriteAllText(Path.Combine(_program.Base, "db", "telemetry.sqlite"), new string('x', 4096));

        var result = _program.Run("runs");

        Assert.Equal((0, before), (result.ExitCode, result.Output));
        Assert.Contains("the log is read instead", result.Error);
        Assert.Equal(0, _program.Run("rebuild").ExitCode);
        Assert.Equal("", _program.Run("runs").Error);
    }

    [Fact]
    [Trait("Feature", "S4.11")]
    [Trait("Feature", "SK.9")]
    public void A_damaged_store_that_a_short_program_sets_aside_is_told_of_in_the_log_at_the_latest_by_the_next()
    {
        // Whether the fault comes before or behind a program's last event is a matter of luck: the more of them, the surer it is both.
        Assert.Equal(0, _program.Run("config", "set", "sinks.sqlite.enabled", "true").ExitCode);
        for (var turn = 0; turn < 8; turn++)
        {
            Assert.Equal(0, _program.Run("sinks", "drain", "sqlite").ExitCode);
            var bytes = File.ReadAllBytes(StorePath);
            new Random(turn).NextBytes(bytes.AsSpan(20, 80));
            File.WriteAllBytes(StorePath, bytes);
            File.Delete(StorePath + "-wal");
            File.Delete(StorePath + "-shm");
            Assert.Equal(0, _program.Run("exec", "--", "true").ExitCode);
        }

        Assert.Equal(0, _program.Run("sinks", "drain", "sqlite").ExitCode);
        Assert.Equal(0, _program.Run("exec", "--", "true").ExitCode);
        var told = _program.Run("show", "--event", "sink_state_fault", "--json", "--last", "100").Output;

        var aside = Directory.GetFiles(Path.GetDirectoryName(StorePath)!, "*.corrupt-*").Where(file => !file.EndsWith("-wal", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(aside);
        Assert.All(aside, file => Assert.Contains($"aside as {file},", told, StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(_program.Base, "state", "unrecorded.ndjson")));
    }

    [Theory]
    [InlineData("doctor")]
    [InlineData("show")]
    [Trait("Feature", "S4.11")]
    public void Damaged_pages_that_no_sink_has_met_are_named_and_the_sink_builds_the_store_again(string finder)
    {
        _program.Record(client => Enumerable.Range(0, 4000).ToList().ForEach(number => client.Record("step", ("n", number))));
        Assert.Equal(0, _program.Run("config", "set", "sinks.sqlite.enabled", "true").ExitCode);
        Assert.Equal(0, _program.Run("rebuild", "--events").ExitCode);
        Assert.Equal(0, _program.Run("doctor").ExitCode);
        using (var store = File.OpenWrite(StorePath))
        {
            var noise = new byte[store.Length / 2];
            new Random(1).NextBytes(noise);
            store.Position = store.Length / 4;
            store.Write(noise);
        }

        var found = _program.Run(finder == "doctor" ? ["doctor"] : ["show", "--event", "step", "--last", "100000"]);
        var word = File.Exists(StorePath + ".damaged");
        Assert.Equal(0, _program.Run("exec", "--", "true").ExitCode);
        Assert.Equal(0, _program.Run("sinks", "drain", "sqlite").ExitCode);
        var after = _program.Run("doctor");

        Assert.Equal(finder == "doctor" ? 1 : 0, found.ExitCode);
        Assert.Contains($"{StorePath} is damaged: ", found.Output + found.Error, StringComparison.Ordinal);
        Assert.Contains("telemetry rebuild does so at once", found.Output + found.Error, StringComparison.Ordinal);
        Assert.True(word);
        Assert.False(File.Exists(StorePath + ".damaged"));
        Assert.NotEmpty(Directory.GetFiles(Path.GetDirectoryName(StorePath)!, "telemetry.sqlite.corrupt-*"));
        Assert.True(after.ExitCode == 0, after.Output);
    }

    [Fact]
    [Trait("Feature", "S4.9")]
    public void A_file_of_something_else_is_not_rebuilt_over()
    {
        Make("CREATE TABLE recipes (name TEXT)");
        var before = File.ReadAllBytes(StorePath);

        var result = _program.Run("rebuild", "--log-only");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("something else", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(StorePath));
        Assert.Equal([StorePath], Directory.GetFiles(Path.GetDirectoryName(StorePath)!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Feature", "S4.9")]
    [Trait("Feature", "SK.9")]
    public void After_a_rebuild_account_and_circuit_say_what_is_true_of_the_new_store(bool hasDamage)
    {
        Stored();
        var states = new SinkStateFile(DiskFileSystem.Instance, _program.Base, "sqlite");
        var open = new CircuitRecord { State = CircuitState.Open, OpenUntil = TimeProvider.System.GetUtcNow().AddHours(1), FailuresInARow = 6, OpeningsInARow = 1, Cause = "the disk was full" };
        states.Save(states.Load(default, out _) with { IsPaused = true, Circuit = open });
        _program.Record(client => client.StartRun("late", "behind").End());
        if (hasDamage)
        {
            DamageEventNames("checkpoint");
        }

        Assert.Equal(0, _program.Run("rebuild", "--log-only").ExitCode);

        var sinks = TelemetryProgram.Json(_program.Run("sinks", "--json"));
        var (log, store) = (sinks[0], sinks.Single(sink => sink.GetProperty("sink").GetString() == "sqlite"));
        Assert.Equal(Number(log, "accepted"), Number(store, "accepted"));
        Assert.Equal((hasDamage ? 1 : 0, 0), (Number(store, "dead_lettered"), Number(store, "pending")));
        Assert.Equal(Number(store, "accepted"), Number(store, "delivered") + Number(store, "dead_lettered"));
        Assert.Equal(("closed", true, 0), (store.GetProperty("circuit").GetString(), store.GetProperty("paused").GetBoolean(), Number(store, "failures_in_a_row")));
        Assert.DoesNotContain("sqlite", string.Join('\n', _program.Run("doctor").Lines.Where(line => line.StartsWith("fault", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Equal(hasDamage ? 1 : 0, Letters());
        Assert.Equal(0, _program.Run("rebuild", "--log-only").ExitCode);
        Assert.Equal(hasDamage ? 1 : 0, Letters());
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void A_rebuild_makes_no_sink_known_that_never_ran()
    {
        Assert.Equal(0, _program.Run("rebuild").ExitCode);

        Assert.Equal("jsonl", Assert.Single(TelemetryProgram.Json(_program.Run("sinks", "--json"))).GetProperty("sink").GetString());
    }

    // Lines that begin like events and are none.
    private void DamageEventNames(string name)
    {
        foreach (var path in Directory.GetFiles(Path.Combine(_program.Base, "raw"), "*.ndjson"))
        {
            File.WriteAllText(path, File.ReadAllText(path).Replace($"\"event\":\"{name}\",", $"\"event\":\"{name}\";", StringComparison.Ordinal));
        }
    }

    private int Letters() => SinkPaths.DeadLetters(_program.Base, "sqlite") is var path && File.Exists(path) ? File.ReadAllLines(path).Length : 0;

    private static long Number(JsonElement sink, string name) => sink.GetProperty(name).GetInt64();

    [Fact]
    [Trait("Feature", "S4.9")]
    public void An_account_that_cannot_be_read_is_named_and_a_rebuild_mends_it()
    {
        Stored();
        Make("UPDATE sink_accounts SET stream = stream || '0'");

        var result = _program.Run("doctor");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The store's accounts cannot be read", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, _program.Run("rebuild").ExitCode);

        Assert.Equal(0, _program.Run("doctor").ExitCode);
    }

    [Fact]
    [Trait("Feature", "S4.11")]
    public void A_page_that_turns_out_to_be_damaged_later_is_passed_over_aloud()
    {
        _program.Record(client => Enumerable.Range(0, 3000).ToList().ForEach(number => client.Record("step", ("n", number), ("text", new string('x', 200)))));
        string[][] commands = [["show"], ["show", "--json", "--last", "4000"]];
        var log = commands.Select(command => _program.Run(command).Output).ToList();
        Assert.Equal(0, _program.Run("rebuild", "--events").ExitCode);
        var bytes = File.ReadAllBytes(StorePath);
        new Random(1).NextBytes(bytes.AsSpan(bytes.Length / 4));
        File.WriteAllBytes(StorePath, bytes);

        var results = commands.Select(command => _program.Run(command)).ToList();

        Assert.Equal(log, results.Select(result => result.Output));
        Assert.All(results, result => Assert.Equal((0, true), (result.ExitCode, result.Error.Contains("the log is read instead", StringComparison.Ordinal))));
    }

    [Fact]
    [Trait("Feature", "S4.11")]
    public void Beside_a_writer_that_stores_meanwhile_every_event_is_there_once()
    {
        Stored();
        _program.Record(client => client.StartRun("late", "behind").End());
        var folder = Slots.BaseFolder.Find(_program.Base, new Dictionary<string, string>());
        var log = new Show.OpenLog(folder, null, Browsing.LogSnapshot.Take(Storage.DiskFileSystem.Instance, folder.Path));
        using var stored = StoredLog.TryOpen(log)!;

        Stored();
        var events = stored.Events(Browsing.EventFilter.All, 1000)!;
        var runs = stored.Runs(null, null, 1000);

        Assert.Equal(events.Select(line => line.Id).Distinct(), events.Select(line => line.Id));
        Assert.Equal(["nightly", "hourly", "behind"], runs.Select(run => run.JobType));
        Assert.All(runs, run => Assert.Equal(0, run.DuplicateCount));
    }

    [Fact]
    [Trait("Feature", "S4.10")]
    public void A_run_is_tied_to_a_commit_by_an_event_of_the_log()
    {
        Assert.Equal(0, _program.Run("runs", "commit", _run, Hash, "--branch", "main").ExitCode);
        Assert.Equal(2, _program.Run("runs", "commit", _run, "no-hash").ExitCode);
        Assert.Equal(1, _program.Run("runs", "commit", "20260101T000000Z-nobody-00000000", Hash).ExitCode);

        var commit = Assert.Single(_program.Show("--event", "run_commit"));
        Assert.Equal((_run, Hash, "manual"), (commit.GetProperty("run_id").GetString(), Detail(commit, "git_commit_hash"), Detail(commit, "git_commit_source")));
        Assert.Contains(Hash, _program.Run("runs", "show", _run).Output);
        var labels = TelemetryProgram.Json(_program.Run("runs", "show", _run, "--json"))[0].GetProperty("labels");
        Assert.Equal((Hash, "main"), (labels.GetProperty("git_commit_hash").GetString(), labels.GetProperty("git_branch").GetString()));
    }

    [Fact]
    [Trait("Feature", "S3.24")]
    public void An_export_as_json_is_one_list_of_the_logs_lines()
    {
        var file = Path.Combine(_program.Base, "out.json");

        var exported = _program.Run("export", "--run", _run, "--out", file);

        Assert.Equal((0, ""), (exported.ExitCode, exported.Output));
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        Assert.Equal(["run_start", "checkpoint", "run_end"], document.RootElement.EnumerateArray().Select(json => json.GetProperty("event").GetString()));
        Assert.Equal(document.RootElement.GetRawText(), JsonDocument.Parse(_program.Run("export", "--format", "json", "--run", _run).Output).RootElement.GetRawText());
        Assert.False(File.Exists(file + ".tmp"));
    }

    [Fact]
    [Trait("Feature", "S3.24")]
    public void An_export_as_csv_has_a_row_of_names_and_a_row_an_event()
    {
        var rows = _program.Run("export", "--format", "csv", "--event", "checkpoint").Output.Split("\r\n");

        Assert.Equal("ts,event,level,agent,session_id,user_id,run_id,run_seq,id,weight,received_ts,details", rows[0]);
        Assert.Matches($@"^2\S+\.[0-9]{{6}}Z,checkpoint,,crawler,[^,]*,,{_run},2,\S+,,,""\{{""""step"""":1,""""formula"""":""""=1\+1""""\}}""$", rows[1]);
        Assert.Equal(["", "ts,event"], [rows[2], rows[0][..8]]);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("=HYPERLINK(1)", "\"'=HYPERLINK(1)\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@x", "\"'@x\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData(null, "")]
    public void A_cell_is_quoted_where_needed_and_never_a_formula(string? text, string cell) => Assert.Equal(cell, Export.EventCsv.Cell(text));

    private void Stored() => _program.Record(
        client => Assert.True(client.FlushSinksAsync(Eventually.DefaultBound, "sqlite").GetAwaiter().GetResult()),
        options => options.AddSqlite(sqlite => sqlite.Events = true));

    private string StorePath => Path.Combine(_program.Base, "db", "telemetry.sqlite");

    private void Make(string sql)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(StorePath)!);
        using var database = Sqlite.Database.OpenToWrite(StorePath);
        database.Execute(sql);
    }

    private static string? Detail(JsonElement line, string name) => line.GetProperty("details").GetProperty(name).GetString();

    [Fact]
    [Trait("Feature", "S4.11")]
    public void A_rebuild_refuses_to_drop_what_is_not_the_stores()
    {
        _program.Record(client => client.Record("step"), options => options.AddSqlite());
        var path = Path.Combine(_program.Base, "db", "telemetry.sqlite");
        using (var database = Sqlite.Database.OpenToWrite(path))
        {
            database.Execute("CREATE TABLE my_notes (text TEXT)");
        }

        var refused = _program.Run("rebuild");
        var dropped = _program.Run("rebuild", "--drop-others");

        Assert.Equal((1, 0), (refused.ExitCode, dropped.ExitCode));
        Assert.Contains("table my_notes", refused.Error, StringComparison.Ordinal);
    }
}
