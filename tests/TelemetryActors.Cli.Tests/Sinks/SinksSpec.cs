using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Sinks;

public sealed class SinksSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    [Trait("Feature", "SK.9")]
    public void Shows_circuit_backlog_against_the_logs_end_and_what_became_of_the_rest()
    {
        _program.Record(client => Enumerable.Range(0, 10).ToList().ForEach(i => client.Record("step", ("n", i))));
        var end = Browsing.SlotLog.All(DiskFileSystem.Instance, _program.Base)[0].End;
        Save(new SinkAccount
        {
            Slot = 1,
            Cursor = new Cursor(end.Stream, 100, 6),
            Tail = new Cursor(end.Stream, 100, 6),
            Delivered = 3,
            DeadLettered = 1,
            Dropped = DropCounts.None.Plus(DropReason.Discarded, 2),
        });

        var sink = TelemetryProgram.Json(_program.Run("sinks", "--json"))[1];

        Assert.Equal("s3", sink.GetProperty("sink").GetString());
        Assert.Equal("open", sink.GetProperty("circuit").GetString());
        Assert.Equal("no route", sink.GetProperty("cause").GetString());
        Assert.Equal("2030-01-01T00:00:00Z", sink.GetProperty("open_until").GetString());
        Assert.Equal(10, sink.GetProperty("accepted").GetInt64());
        Assert.Equal(4, sink.GetProperty("pending").GetInt64());
        Assert.Equal(2, sink.GetProperty("dropped").GetProperty("discarded").GetInt64());
        Assert.Contains("4 (", _program.Run("sinks").Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    [Trait("Feature", "S4.8")]
    public void A_store_that_cannot_be_opened_is_seen_from_outside_with_its_cause_and_the_whole_log_before_it()
    {
        var store = Path.Combine(_program.Base, "db", "telemetry.sqlite");
        Directory.CreateDirectory(store);
        Assert.Equal(0, _program.Run("config", "set", "sinks.sqlite.enabled", "true").ExitCode);
        UntilItIs("broken", "sqlite", () => Assert.Equal(0, _program.Run("exec", "--", "true").ExitCode));
        var sink = TelemetryProgram.Json(_program.Run("sinks", "--json"))[1];
        var doctor = _program.Run("doctor");
        Directory.Delete(store);
        Assert.Equal(0, _program.Run("sinks", "drain", "sqlite").ExitCode);
        var mended = TelemetryProgram.Json(_program.Run("sinks", "--json"))[1];

        Assert.Equal(("sqlite", "broken"), (sink.GetProperty("sink").GetString(), sink.GetProperty("state").GetString()));
        Assert.Contains(store, sink.GetProperty("cause").GetString(), StringComparison.Ordinal);
        Assert.True(sink.GetProperty("pending").GetInt64() > 0, sink.GetRawText());
        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains(doctor.Lines, line => line.StartsWith("fault: sqlite ", StringComparison.Ordinal) && line.Contains(store, StringComparison.Ordinal));
        Assert.Equal(("closed", JsonValueKind.Null), (mended.GetProperty("state").GetString(), mended.GetProperty("cause").ValueKind));
        Assert.Equal(0, _program.Run("doctor").ExitCode);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    [Trait("Feature", "S4.11")]
    public void What_the_store_counts_is_shown_and_proven()
    {
        Store();

        var sink = TelemetryProgram.Json(_program.Run("sinks", "--json"))[1];
        var sound = _program.Run("doctor");

        Assert.Equal(("sqlite", 0L), (sink.GetProperty("sink").GetString(), sink.GetProperty("dead_lettered").GetInt64()));
        Assert.True(sink.GetProperty("delivered").GetInt64() >= 10, sink.GetRawText());
        Assert.Equal(sink.GetProperty("accepted").GetInt64(), sink.GetProperty("delivered").GetInt64() + sink.GetProperty("pending").GetInt64());
        Assert.Equal(0, sound.ExitCode);
        Assert.Matches(@"sqlite +\d+ +\d+ +\d+ +0 +0 +ok", sound.Output);
    }

    [Theory]
    [Trait("Feature", "S4.11")]
    [InlineData("UPDATE sink_accounts SET delivered = delivered + 1", "sqlite, slot 1: accepted")]
    [InlineData("UPDATE sink_accounts SET delivered = delivered - (ordinal - 3), ordinal = 3, position = 0", "sqlite, slot 1: its cursor")]
    [InlineData("UPDATE sink_accounts SET dead_lettered = 1, delivered = delivered - 1", "holds 0 dead letters, 1 were counted")]
    [InlineData("DROP TABLE schema_migrations", "something else")]
    public void A_store_that_does_not_add_up_is_a_fault(string sql, string fault)
    {
        Store();
        using (var database = Sqlite.Database.OpenToWrite(Path.Combine(_program.Base, "db", "telemetry.sqlite")))
        {
            database.Execute(sql);
        }

        var result = _program.Run("doctor");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(fault, result.Output, StringComparison.Ordinal);
    }

    private void Store() => _program.Record(
        client =>
        {
            Enumerable.Range(0, 10).ToList().ForEach(i => client.Record("step", ("n", i)));
            Assert.True(client.FlushSinksAsync(Eventually.DefaultBound, "sqlite").GetAwaiter().GetResult());
        },
        options => options.AddSqlite());

    [Fact]
    [Trait("Feature", "SK.9")]
    public void The_event_logs_circuit_is_seen_from_outside_while_its_disk_takes_nothing()
    {
        var files = new FaultyFileSystem(DiskFileSystem.Instance) { IsFull = true };
        _program.Record(
            client =>
            {
                client.Record("waits");
                Eventually.True(() => Circuit() == "open", () => client.Sinks[0].Circuit);
                var log = TelemetryProgram.Json(_program.Run("sinks", "--json"))[0];
                Assert.Contains("No space", log.GetProperty("cause").GetString(), StringComparison.Ordinal);

                files.IsFull = false;
                Eventually.True(() => client.FlushAsync().AsTask().GetAwaiter().GetResult().IsDurable, () => client.Sinks[0].Circuit);
                Eventually.True(() => Circuit() == "closed", () => client.Sinks[0].Circuit);
            },
            options => options.Files = files);

        Assert.Equal("closed", Circuit());
    }

    private string? Circuit() => TelemetryProgram.Json(_program.Run("sinks", "--json"))[0].GetProperty("circuit").GetString();

    [Theory]
    [InlineData("reset", SinkCommandKind.Reset)]
    [InlineData("probe", SinkCommandKind.Probe)]
    [InlineData("pause", SinkCommandKind.Pause)]
    [InlineData("resume", SinkCommandKind.Resume)]
    public void What_an_operator_asks_is_kept_with_who_and_why(string word, SinkCommandKind kind)
    {
        Save(SinkAccount.StartAtOldest(1));

        var result = _program.Run("sinks", word, "s3", "--why", "bucket moved");

        var offset = 0L;
        var command = Assert.Single(new SinkCommandFile(DiskFileSystem.Instance, _program.Base, "s3").ReadFrom(ref offset, out _)).Command;
        Assert.Equal(0, result.ExitCode);
        Assert.Equal((kind, "bucket moved"), (command.Kind, command.Why));
        Assert.Equal($"{Environment.UserName}@{Environment.MachineName}", command.Who);
    }

    [Fact]
    public void A_living_processs_supervisor_does_what_is_asked()
    {
        _program.Record(
            client =>
            {
                client.Record("step");
                Eventually.True(() => TelemetryProgram.Json(_program.Run("sinks", "--json")).Any(sink => sink.GetProperty("sink").GetString() == "kept"));

                _program.Run("sinks", "pause", "kept");

                Eventually.True(() => client.Sinks.Single(sink => sink.Name == "kept").IsPaused);
            },
            options => options.AddDelegate("kept", (_, _) => ValueTask.CompletedTask));
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    public void The_event_log_is_not_paused_and_that_is_said(string word)
    {
        _program.Record(client => client.Record("step"));

        var result = _program.Run("sinks", word, "jsonl");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("jsonl is the event log: it cannot be paused", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("probe")]
    public void What_nobody_would_carry_out_is_not_asked_of_the_event_log(string word)
    {
        _program.Record(client =>
        {
            client.Record("step");
            Assert.Equal(0, _program.Run("sinks", word, "jsonl").ExitCode);
        });
        File.Delete(SinkPaths.Commands(_program.Base, "jsonl"));

        var result = _program.Run("sinks", word, "jsonl");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("No living process writes the event log", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(SinkPaths.Commands(_program.Base, "jsonl")));
    }

    [Theory]
    [Trait("Feature", "S2.61")]
    [InlineData(null, "no consent")]
    [InlineData("1", "DO_NOT_TRACK")]
    public void An_upload_to_which_nothing_may_go_is_held_and_nothing_is_called_misconfigured(string? doNotTrack, string cause)
    {
        _program.Run("config", "set", "endpoint", "http://127.0.0.1:9/");
        _program.Run("config", "set", "maxBufferSize", "1");
        if (doNotTrack is not null)
        {
            _program.Run("consent", "grant");
            _program.Variables["DO_NOT_TRACK"] = doNotTrack;
        }

        UntilItIs("held", "http", () => _program.Run("exec", "--", "sleep", "0.5"));
        var sink = Sink("http");

        Assert.Equal(("held", cause), (sink.GetProperty("state").GetString(), sink.GetProperty("cause").GetString()));
        Assert.Equal((JsonValueKind.Null, false), (sink.GetProperty("open_until").ValueKind, sink.GetProperty("misconfigured").GetBoolean()));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void A_sink_that_hangs_in_its_first_batch_is_seen_and_can_be_paused()
    {
        var release = new TaskCompletionSource();
        _program.Record(
            client =>
            {
                client.Record("step");
                Eventually.True(() => TelemetryProgram.Json(_program.Run("sinks", "--json")).Any(sink => sink.GetProperty("sink").GetString() == "stuck"));

                Assert.Equal(0, _program.Run("sinks", "pause", "stuck").ExitCode);

                release.SetResult();
                Eventually.True(() => client.Sinks.Single(sink => sink.Name == "stuck").IsPaused);
            },
            options => options.AddDelegate("stuck", (_, _) => new ValueTask(release.Task)));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void A_call_that_hangs_is_seen_by_another_process_with_what_waits_and_only_while_it_lasts()
    {
        var release = new TaskCompletionSource();
        var before = TimeProvider.System.GetUtcNow();
        _program.Record(
            client =>
            {
                client.Record("step");
                client.Record("step");
                Eventually.True(() => Call() is not null);
                Assert.InRange(Call()!.Value.GetProperty("since").GetDateTimeOffset(), before, TimeProvider.System.GetUtcNow());
                Eventually.True(() => Sink("stuck").GetProperty("pending").GetInt64() >= 2);
                Eventually.True(() => Call()!.Value.GetProperty("hangs").GetBoolean());
                Assert.Contains("hangs since", _program.Run("sinks").Output, StringComparison.Ordinal);

                // It counts again with each time that it could have taken: a slow look sees more than the first.
                Eventually.True(() => Sink("stuck").GetProperty("failures_in_a_row").GetInt32() >= 1);

                release.SetResult();
                Eventually.True(() => Call() is null);
            },
            options => options.AddSink(new SinkDefinition(
                "stuck",
                SinkPolicies.Custom with { FlushInterval = TimeSpan.Zero, CallTimeout = TimeSpan.FromSeconds(3) },
                _ => new HeldSink(release.Task))));

        JsonElement? Call() => Sink("stuck") is { ValueKind: JsonValueKind.Object } sink && sink.GetProperty("call") is { ValueKind: JsonValueKind.Object } call ? call : null;
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void A_call_that_a_killed_process_left_in_the_state_is_not_shown()
    {
        Save(SinkAccount.StartAtOldest(1), new CallUnderWay(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1), IsGivenUp: false));

        var dead = Sink("s3").GetProperty("call").ValueKind;
        using var living = DiskFileSystem.Instance.TryLock(SinkPaths.Lock(_program.Base, "s3"));
        var alive = Sink("s3").GetProperty("call").ValueKind;
        var text = _program.Run("sinks").Output;

        Assert.Equal((JsonValueKind.Null, JsonValueKind.Object), (dead, alive));
        Assert.Contains("delivering since", text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    [Trait("Feature", "S1.18")]
    public void A_wait_that_the_destination_asked_for_is_seen_until_when_and_why_and_only_until_then()
    {
        var now = TimeProvider.System.GetUtcNow();
        var waits = new SinkState { Accounts = [SinkAccount.StartAtOldest(1)], Hold = new Hold(now.AddHours(1), TimeSpan.FromHours(1)), HoldCause = "429 Too Many Requests" };
        var file = new SinkStateFile(DiskFileSystem.Instance, _program.Base, "http");
        file.Save(waits);

        var sink = Sink("http");
        var (listed, doctor) = (_program.Run("sinks").Output, _program.Run("doctor").Output);
        file.Save(waits with { Hold = new Hold(now.AddHours(-1), TimeSpan.FromHours(1)) });
        var later = Sink("http");

        Assert.Equal(("waits", "429 Too Many Requests"), (sink.GetProperty("state").GetString(), sink.GetProperty("cause").GetString()));
        Assert.Equal(now.AddHours(1), sink.GetProperty("waits_until").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        Assert.Contains("waits", listed, StringComparison.Ordinal);
        Assert.Contains("waits until", doctor, StringComparison.Ordinal);
        Assert.Equal(("closed", JsonValueKind.Null), (later.GetProperty("state").GetString(), later.GetProperty("waits_until").ValueKind));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void A_sink_that_only_the_settings_know_is_listed_and_can_be_paused_before_it_runs()
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");

        var before = Sink("sqlite").GetProperty("state").GetString();
        var asked = _program.Run("sinks", "pause", "sqlite");
        UntilItIs("paused", "sqlite", () => _program.Run("exec", "--", "true"));

        Assert.Equal(("new", 0), (before, asked.ExitCode));
    }

    [Fact]
    public void A_command_that_only_reads_makes_no_state_of_a_sink_that_has_not_run()
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");

        var result = _program.Run("dead", "list", "--sink", "sqlite");

        Assert.Equal(0, result.ExitCode);
        Assert.False(File.Exists(SinkPaths.State(_program.Base, "sqlite")));
    }

    [Fact]
    public void What_is_asked_of_a_sink_that_is_just_beginning_leaves_the_state_to_its_owner()
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        using var owner = SinkHold.TryTake(DiskFileSystem.Instance, _program.Base, "sqlite");

        var result = _program.Run("sinks", "pause", "sqlite");

        Assert.NotNull(owner);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal((false, true), (File.Exists(SinkPaths.State(_program.Base, "sqlite")), File.Exists(SinkPaths.Commands(_program.Base, "sqlite"))));
    }

    // A program that lives for a moment may end, on a starved machine, before its sink has come so far: then the next one's does.
    private void UntilItIs(string state, string sink, Action live) => Eventually.Equal(state, () => State(sink), live);

    private string? State(string sink) => Sink(sink) is { ValueKind: JsonValueKind.Object } seen ? seen.GetProperty("state").GetString() : null;

    private JsonElement Sink(string name) => TelemetryProgram.Json(_program.Run("sinks", "--json")).SingleOrDefault(sink => sink.GetProperty("sink").GetString() == name);

    [Fact]
    public void An_unknown_sink_is_refused_with_those_that_are_known()
    {
        Save(SinkAccount.StartAtOldest(1));

        var result = _program.Run("sinks", "pause", "s4");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Known: jsonl, s3.", result.Error, StringComparison.Ordinal);
    }

    private void Save(SinkAccount account, CallUnderWay? call = null) => new SinkStateFile(DiskFileSystem.Instance, _program.Base, "s3").Save(new SinkState
    {
        Accounts = [account],
        Call = call,
        Circuit = new CircuitRecord
        {
            State = CircuitState.Open,
            OpenUntil = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
            Cause = "no route",
        },
    });
}
