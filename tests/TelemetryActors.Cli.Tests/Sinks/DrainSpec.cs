using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Sinks;

[Trait("Feature", "U.1")]
public sealed class DrainSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [Trait("Feature", "U.1")]
    [InlineData("-5")]
    [InlineData("0")]
    [InlineData("86401")]
    [InlineData("soon")]
    public void A_drains_time_that_is_none_is_refused(string seconds)
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");

        var result = _program.Run("sinks", "drain", "--timeout", seconds);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"--timeout takes a number of seconds from 1 to 86400, not '{seconds}'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_settings_ask_for_a_sink_a_drain_says_how_they_do()
    {
        _program.Record(client => client.Record("step"));

        var result = _program.Run("sinks", "drain");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(" ask for no sink. They name none: telemetry config set endpoint URL, or sinks.NAME.enabled true, asks for one.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    [Trait("Feature", "U.1")]
    public void A_drain_delivers_what_waits_without_another_program()
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");

        var drained = _program.Run("sinks", "drain", "sqlite");
        var unknown = _program.Run("sinks", "drain", "s3");

        Assert.Equal((0, 2), (drained.ExitCode, unknown.ExitCode));
        Assert.Matches("sqlite: [1-9][0-9]* delivered in all, nothing waits", drained.Output);
        Assert.True(Delivered() > 0);
    }

    [Fact]
    public void What_a_living_service_has_recorded_is_delivered_where_the_service_has_no_such_sink()
    {
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        _program.Record(client =>
        {
            Enumerable.Range(0, 20).ToList().ForEach(number => client.Record("step", ("n", number)));
            Assert.True(client.FlushAsync().AsTask().GetAwaiter().GetResult().IsDurable);

            var drained = _program.Run("sinks", "drain", "sqlite");

            Assert.Equal((0, ""), (drained.ExitCode, drained.Error));
            Assert.True(Delivered() >= 20, drained.Output);
        });
    }

    [Fact]
    public void A_sink_that_another_process_has_is_not_called_drained()
    {
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        _program.Record(
            client =>
            {
                client.Record("step");
                Eventually.True(() => client.Sinks.Any(sink => sink.Name == "sqlite" && sink.Accounts.Count > 0), () => client.Sinks);

                var drained = _program.Run("sinks", "drain", "sqlite");

                Assert.Equal((1, "sqlite: nothing was delivered: another process has the sink, and delivers\n"), (drained.ExitCode, drained.Output));
            },
            options => options.AddSqlite());
    }

    [Fact]
    public void A_sink_whose_files_cannot_be_written_is_not_called_drained()
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        var states = Path.Combine(_program.Base, "state", "sinks");
        Directory.Delete(states, recursive: true);
        File.WriteAllText(states, "");

        var drained = _program.Run("sinks", "drain", "--timeout", "5");

        Assert.Equal(1, drained.ExitCode);
        Assert.Matches($"^sqlite: nothing was delivered: {states} cannot be written: .+\n$", drained.Output);
    }

    [Fact]
    public void A_store_that_cannot_be_opened_is_not_waited_for()
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        Directory.CreateDirectory(Path.Combine(_program.Base, "db"));
        File.CreateSymbolicLink(Path.Combine(_program.Base, "db", "telemetry.sqlite"), "/nowhere/at/all");

        var drained = _program.Run("sinks", "drain", "sqlite", "--timeout", "86400");

        var cause = TelemetryProgram.Json(_program.Run("sinks", "--json")).Single(sink => sink.GetProperty("sink").GetString() == "sqlite").GetProperty("cause").GetString();
        Assert.Equal((1, $"sqlite: nothing was delivered: {cause}\n"), (drained.ExitCode, drained.Output));
    }

    [Fact]
    public void A_sink_that_is_not_named_does_not_run()
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        _program.Run("config", "set", "endpoint", "http://127.0.0.1:9/");
        _program.Run("consent", "grant");

        var drained = _program.Run("sinks", "drain", "sqlite");

        Assert.Equal(0, drained.ExitCode);
        Assert.False(File.Exists(SinkPaths.State(_program.Base, "http")));
    }

    [Fact]
    public void What_a_paused_sink_leaves_is_counted_in_all_slots_and_said()
    {
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        _program.Run("sinks", "pause", "sqlite");
        _program.Record(client =>
        {
            client.Record("step");
            Assert.True(client.FlushAsync().AsTask().GetAwaiter().GetResult().IsDurable);

            var drained = _program.Run("sinks", "drain", "sqlite");

            Assert.Equal(1, drained.ExitCode);
            Assert.Matches("^sqlite: 0 delivered in all, [1-9][0-9]* wait: the sink is paused; 'telemetry sinks resume sqlite' lets it go on\n$", drained.Output);
        });
    }

    [Fact]
    public void A_reset_that_was_asked_for_is_carried_out_first_and_what_waits_is_delivered()
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        new SinkStateFile(DiskFileSystem.Instance, _program.Base, "sqlite").Save(SinkState.Fresh with
        {
            Circuit = new CircuitRecord { State = CircuitState.Open, OpenUntil = TimeProvider.System.GetUtcNow().AddHours(1), Cause = "locked" },
        });

        var before = _program.Run("sinks", "drain", "sqlite");
        _program.Run("sinks", "reset", "sqlite");
        var after = _program.Run("sinks", "drain", "sqlite");

        Assert.Equal((1, 0), (before.ExitCode, after.ExitCode));
        Assert.Matches("wait until [-0-9: ]+Z: locked; 'telemetry sinks probe sqlite' tries now\n$", before.Output);
        Assert.True(Delivered() > 0);
    }

    [Fact]
    public void A_wait_beyond_the_drains_end_is_told_at_once_with_what_ends_it()
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        new SinkStateFile(DiskFileSystem.Instance, _program.Base, "sqlite").Save(SinkState.Fresh with
        {
            Hold = Hold.For(TimeSpan.FromDays(2), TimeProvider.System.GetUtcNow()),
            HoldCause = "network: ConnectionRefused",
        });

        // Whoever waits for the limit here does not come back.
        var waits = _program.Run("sinks", "drain", "sqlite", "--timeout", "86400");
        _program.Run("sinks", "probe", "sqlite");
        var probed = _program.Run("sinks", "drain", "sqlite");

        Assert.Equal((1, 0), (waits.ExitCode, probed.ExitCode));
        Assert.Matches("^sqlite: 0 delivered in all, [1-9][0-9]* wait until [-0-9: ]+Z: network: ConnectionRefused; 'telemetry sinks probe sqlite' tries now\n$", waits.Output);
    }

    [Fact]
    public void An_upload_without_consent_is_told_with_what_gives_it()
    {
        _program.Run("config", "set", "endpoint", "http://127.0.0.1:9/");
        _program.Run("consent", "grant");
        _program.Run("sinks", "drain", "http");
        _program.Run("consent", "deny");
        _program.Record(client => client.Record("step"));

        var drained = _program.Run("sinks", "drain", "http");

        Assert.Equal(1, drained.ExitCode);
        Assert.EndsWith(" wait: no consent; 'telemetry consent grant' gives it\n", drained.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void While_telemetry_is_off_nothing_is_drained_or_made_and_the_sinks_are_held()
    {
        _program.Record(client => client.Record("step"));
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        _program.Run("config", "set", "enabled", "false");

        var drained = _program.Run("sinks", "drain");
        var exec = _program.Run("exec", "--", "true");
        var sinks = TelemetryProgram.Json(_program.Run("sinks", "--json")).Select(sink => (sink.GetProperty("sink").GetString(), sink.GetProperty("state").GetString(), sink.GetProperty("cause").GetString()));

        Assert.Equal((1, 0), (drained.ExitCode, exec.ExitCode));
        Assert.Contains("(enabled is false, by config.json): nothing is delivered before it is on.", drained.Error, StringComparison.Ordinal);
        Assert.Equal([("jsonl", "closed", null), ("sqlite", "held", "enabled is false, by config.json")], sinks);
        Assert.False(Directory.Exists(Path.Combine(_program.Base, "db")));
        _program.Run("config", "unset", "enabled");
        Assert.Equal(0, _program.Run("sinks", "drain").ExitCode);
    }

    [Theory]
    [Trait("Feature", "S4.7")]
    [InlineData(false)]
    [InlineData(true)]
    public void What_cannot_be_read_any_more_is_told_once_whoever_keeps_the_account(bool isAll)
    {
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        _program.Record(client => client.Record("step"));
        Assert.Equal(0, Drain().ExitCode);
        _program.Record(client => Enumerable.Range(0, 20).ToList().ForEach(number => client.Record("step", ("n", number))));
        var raw = Path.Combine(_program.Base, "raw");
        if (isAll)
        {
            Directory.Delete(raw, recursive: true);
        }
        else
        {
            var log = Assert.Single(Directory.GetFiles(raw));
            File.WriteAllText(log, string.Concat(File.ReadLines(log).Select(line => (line.Contains("\"n\":7}", StringComparison.Ordinal) ? "X" + line[1..] : line) + "\n")));
        }

        var (told, again) = (Drain(), Drain());
        var (delivered, dropped) = (Number("delivered"), Dropped());
        _program.Record(client => client.Record("later"));
        var later = Drain();

        Assert.Matches("[1-9][0-9]* dropped now \\(", told.Output);
        Assert.Equal((1, 0, 0), (told.ExitCode, again.ExitCode, later.ExitCode));
        Assert.DoesNotContain("dropped", again.Output + later.Output, StringComparison.Ordinal);
        Assert.True(dropped.Sum(reason => reason.Value) > 0);
        Assert.True(Number("delivered") > delivered);
        Assert.Equal(dropped, Dropped());
        Assert.Equal(0, Number("pending"));

        // Of the damaged line the log has a fault; the accounts have none.
        Assert.Equal(isAll ? 0 : 1, _program.Run("doctor").Lines.Count(line => line.StartsWith("fault:", StringComparison.Ordinal)));
    }

    private ProgramResult Drain() => _program.Run("sinks", "drain", "sqlite");

    private long Number(string name) => Sqlite().GetProperty(name).GetInt64();

    private Dictionary<string, long> Dropped() => Sqlite().GetProperty("dropped").EnumerateObject().ToDictionary(reason => reason.Name, reason => reason.Value.GetInt64());

    private JsonElement Sqlite() => TelemetryProgram.Json(_program.Run("sinks", "--json")).Single(sink => sink.GetProperty("sink").GetString() == "sqlite");

    private long Delivered() =>
        TelemetryProgram.Json(_program.Run("sinks", "--json")).Single(sink => sink.GetProperty("sink").GetString() == "sqlite").GetProperty("delivered").GetInt64();
}
