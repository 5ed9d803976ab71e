using System.Text.Json;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Dead;

[Trait("Feature", "SK.9")]
public sealed class DeadSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();
    private readonly OperatedSink _sink = new();

    public DeadSpec()
    {
        _sink.Refused["long"] = "too long";
        _sink.Refused["odd"] = "no such field";
    }

    private string Letters => Path.Combine(_program.Base, "dead", $"{OperatedSink.Name}.ndjson");

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Letters_are_counted_by_sink_and_reason()
    {
        Refuse();

        var groups = TelemetryProgram.Json(_program.Run("dead", "list", "--json"));

        Assert.Equal([("too long", 2L), ("no such field", 1L)], groups.Select(group => (group.GetProperty("reason").GetString(), group.GetProperty("letters").GetInt64())));
        Assert.All(groups, group => Assert.Equal(OperatedSink.Name, group.GetProperty("sink").GetString()));
        Assert.Contains("no such field", _program.Run("dead", "list").Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void One_is_shown_with_its_event_by_its_id()
    {
        Refuse();
        var id = TelemetryProgram.Json(_program.Run("dead", "show", "--reason", "FIELD", "--json")).Single().GetProperty("id").GetString()!;

        var letter = TelemetryProgram.Json(_program.Run("dead", "show", "--id", id, "--json")).Single();

        Assert.Equal("odd", letter.GetProperty("event").GetProperty("event").GetString());
        Assert.Equal(1, letter.GetProperty("attempt").GetInt32());
        Assert.Contains("\"event\":\"odd\"", _program.Run("dead", "show", "--id", id).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Retried_letters_reach_their_sink_and_are_dead_no_longer()
    {
        Refuse();
        _sink.Refused.Clear();

        var result = _program.Run("dead", "retry", "--reason", "too long");
        _sink.Record(_program, _ => Eventually.Equal(2, () => _sink.Names.Count(name => name == "long")));

        Assert.Contains("deliver 2 dead letters again", result.Error, StringComparison.Ordinal);
        Assert.Equal("no such field", TelemetryProgram.Json(_program.Run("dead", "list", "--json")).Single().GetProperty("reason").GetString());
        Assert.Equal(1, TelemetryProgram.Json(_program.Run("sinks", "--json"))[1].GetProperty("dead_lettered").GetInt64());
        Assert.Equal(0, _program.Run("doctor").ExitCode);
    }

    [Theory]
    [Trait("Feature", "S1.18")]
    [InlineData(false)]
    [InlineData(true)]
    public void Letters_of_a_state_that_was_deleted_are_counted_once(bool areRefusedAgain)
    {
        Refuse();
        File.Delete(Path.Combine(_program.Base, "state", "sinks", $"{OperatedSink.Name}.json"));
        if (!areRefusedAgain)
        {
            _sink.Refused.Clear();
        }

        _sink.Record(_program, client => Eventually.True(() => client.Sinks.Single(sink => sink.Name == OperatedSink.Name) is { Pending: 0, Delivered: > 0 }, () => client.Sinks));
        var counted = (Count("dead_lettered"), _program.Run("doctor").ExitCode);
        var retry = _program.Run("dead", "retry");
        _sink.Refused.Clear();
        _sink.Record(_program, _ => Eventually.Equal(0L, () => new FileInfo(Letters).Length));

        Assert.Equal((3L, 0), counted);
        Assert.Contains("deliver 3 dead letters again", retry.Error, StringComparison.Ordinal);
        Assert.Equal((0L, 0), (Count("dead_lettered"), _program.Run("doctor").ExitCode));
        Assert.Equal(Count("accepted"), Count("delivered") + Count("pending"));
    }

    [Fact]
    public void For_a_sink_of_ones_own_the_program_that_has_it_is_named_and_no_drain()
    {
        Refuse();

        var (own, known) = (_program.Run("dead", "retry").Error, _program.Run("config", "set", "sinks.sqlite.enabled", "true").Error + _program.Run("sinks", "reset", "sqlite").Error);

        Assert.DoesNotContain("drain", own, StringComparison.Ordinal);
        Assert.Contains("the program that has this sink carries it out when it runs next", own, StringComparison.Ordinal);
        Assert.Contains("'telemetry sinks drain sqlite' starts it now", known, StringComparison.Ordinal);
    }

    [Fact]
    public void Nor_is_a_drain_named_for_a_sink_that_the_settings_ask_for_no_more()
    {
        _program.Run("config", "set", "sinks.sqlite.enabled", "true");
        _program.Run("sinks", "reset", "sqlite");
        _program.Run("config", "set", "sinks.sqlite.enabled", "false");

        var (asked, drained) = (_program.Run("sinks", "reset", "sqlite"), _program.Run("sinks", "drain", "sqlite"));

        Assert.Equal((0, 2), (asked.ExitCode, drained.ExitCode));
        Assert.DoesNotContain("drain", asked.Error, StringComparison.Ordinal);
        Assert.Contains("the program that has this sink carries it out when it runs next", asked.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Purged_letters_are_dropped_and_their_receipt_outlives_log_and_letters()
    {
        Refuse();
        var ids = TelemetryProgram.Json(_program.Run("dead", "show", "--json")).Select(letter => letter.GetProperty("id").GetString()).ToList();

        _program.Run("dead", "purge", "--sink", OperatedSink.Name, "--why", "known");
        _sink.Record(_program, _ => Eventually.True(() => new FileInfo(Letters).Length == 0));

        Assert.Empty(_program.Run("dead", "list", "--json").Lines);
        var sink = TelemetryProgram.Json(_program.Run("sinks", "--json"))[1];
        Assert.Equal(3, sink.GetProperty("dropped").GetProperty("purged").GetInt64());
        Assert.Equal(0, sink.GetProperty("dead_lettered").GetInt64());
        var receipt = Assert.Single(_program.Show("--event", "sink_commanded")).GetProperty("details");
        Assert.Equal(3, receipt.GetProperty("events").GetInt64());
        Assert.Contains("3 dead letters were thrown away", receipt.GetProperty("cause").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, _program.Run("doctor").ExitCode);
        Directory.Delete(Path.Combine(_program.Base, "raw"), recursive: true);
        var kept = JsonDocument.Parse(Assert.Single(File.ReadAllLines(Path.Combine(_program.Base, "state", "receipts", $"{OperatedSink.Name}.ndjson")))).RootElement;
        Assert.Equal(("known", 3), (kept.GetProperty("why").GetString(), kept.GetProperty("letters").GetInt32()));
        Assert.StartsWith(Environment.UserName + "@", kept.GetProperty("who").GetString(), StringComparison.Ordinal);
        Assert.Equal(ids, kept.GetProperty("ids").EnumerateArray().Select(id => id.GetString()));
    }

    [Fact]
    public void A_damaged_line_is_reported_and_the_others_are_letters()
    {
        Refuse();
        File.AppendAllText(Letters, "{\"ts\":\"2026-0");
        _sink.Record(_program, client =>
        {
            client.Record("odd");
            Eventually.Equal(5, () => File.ReadLines(Letters).Count());
        });

        var result = _program.Run("dead", "list", "--json");
        _program.Run("dead", "retry", "--sink", OperatedSink.Name);
        _sink.Refused.Clear();
        _sink.Record(_program, _ => Eventually.Equal(4, () => _sink.Names.Count(name => name is "odd" or "long")));

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("line 4, is no dead letter", result.Error, StringComparison.Ordinal);
        Assert.Equal(4, TelemetryProgram.Json(result).Sum(group => group.GetProperty("letters").GetInt64()));
        Assert.Equal("{\"ts\":\"2026-0", Assert.Single(File.ReadLines(Letters)));
    }

    [Fact]
    public void To_purge_everything_must_be_said()
    {
        Refuse();

        Assert.Equal(2, _program.Run("dead", "purge").ExitCode);

        Assert.All(["--reason", "--id", "--sink"], option => Assert.Equal(2, _program.Run("dead", "purge", option, "").ExitCode));
        Assert.Equal(0, _program.Run("dead", "purge", "--all").ExitCode);
    }

    [Fact]
    public void Without_letters_there_is_nothing_to_say()
    {
        Assert.Equal(0, _program.Run("dead", "list").ExitCode);
        Assert.Contains("no such dead letters", _program.Run("dead", "retry").Error, StringComparison.Ordinal);
    }

    private long Count(string name) => TelemetryProgram.Json(_program.Run("sinks", "--json"))[1].GetProperty(name).GetInt64();

    private void Refuse() => _sink.Record(_program, client =>
    {
        foreach (var name in new[] { "long", "fine", "odd", "long" })
        {
            client.Record(name);
        }

        Eventually.Equal(3, () => File.Exists(Letters) ? File.ReadLines(Letters).Count() : 0);
    });
}
