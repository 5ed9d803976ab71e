using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Replay;

[Trait("Feature", "SK.9")]
public sealed class ReplaySpec : IDisposable
{
    private readonly TelemetryProgram _program = new();
    private readonly OperatedSink _sink = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void A_time_is_delivered_once_more_by_the_process_that_has_the_sink()
    {
        _sink.Record(_program, client =>
        {
            var (from, to) = RecordThree(client);

            var result = _program.Run("replay", "--sink", OperatedSink.Name, "--from", from, "--to", to, "--why", "the table was dropped");

            Assert.Equal(0, result.ExitCode);
            Assert.Contains("deliver 1 events", result.Error, StringComparison.Ordinal);
            Eventually.Equal(4, () => _sink.Names.Count);
        });

        Assert.Equal(["before", "within", "behind", "within"], _sink.Names);
        var told = Assert.Single(_program.Show("--event", "sink_commanded"));
        Assert.Contains("the table was dropped; 1 events are delivered once more", told.GetProperty("details").GetProperty("cause").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, _program.Run("doctor").ExitCode);
    }

    [Fact]
    [Trait("Feature", "S2.55")]
    public void Why_it_is_asked_for_is_kept_without_secrets()
    {
        _sink.Record(_program, client => client.Record("step"));

        var result = _program.Run("replay", "--sink", OperatedSink.Name, "--from", "1h", "--why", "password=hunter2-canary for jane@example.com");

        Assert.Equal(0, result.ExitCode);
        var trail = File.ReadAllText(Path.Combine(_program.Base, "state", "commands", OperatedSink.Name + ".ndjson"));
        Assert.Contains("password=[REDACTED] for [REDACTED]", trail, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void Where_telemetry_is_off_it_says_that_nothing_goes()
    {
        _sink.Record(_program, client => client.Record("step"));
        _program.Run("config", "set", "enabled", "false");

        var result = _program.Run("replay", "--sink", OperatedSink.Name, "--from", "1h");

        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("; telemetry is off here (enabled is false, by config.json): with that it gets nothing\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dead_process_does_it_at_its_next_start_and_the_counts_say_so()
    {
        var from = "";
        _sink.Record(_program, client => from = RecordThree(client).From);

        Assert.Equal(0, _program.Run("replay", "--sink", OperatedSink.Name, "--from", from).ExitCode);
        _sink.Record(_program, _ => Eventually.Equal(5, () => _sink.Names.Count));

        Assert.Equal(["before", "within", "behind", "within", "behind"], _sink.Names);
        var counts = TelemetryProgram.Json(_program.Run("sinks", "--json"))[1];
        Assert.Equal(counts.GetProperty("accepted").GetInt64(), counts.GetProperty("delivered").GetInt64());
        Assert.Equal(0, _program.Run("doctor").ExitCode);
    }

    [Fact]
    public void A_time_before_the_logs_beginning_replays_what_is_left_and_says_so()
    {
        _sink.Record(_program, client => RecordThree(client));
        File.Delete(Assert.Single(Directory.GetFiles(Path.Combine(_program.Base, "raw"), "*.ndjson")));
        _sink.Record(_program, client => client.Record("after"));

        var result = _program.Run("replay", "--sink", OperatedSink.Name, "--from", "2d");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("are gone from the log; its replay begins there", result.Error, StringComparison.Ordinal);
        _sink.Record(_program, _ => Eventually.Equal(2, () => _sink.Names.Count(name => name == "after")));
        Assert.Equal(1, _sink.Names.Count(name => name == "before"));
    }

    [Fact]
    public void A_time_of_which_nothing_is_there_says_what_is()
    {
        _sink.Record(_program, client => RecordThree(client));

        var result = _program.Run("replay", "--sink", OperatedSink.Name, "--from", "2100-01-01");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("its oldest is of 20", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_between_events_has_none_and_nothing_is_asked_for()
    {
        _sink.Record(_program, client => RecordThree(client));

        var result = _program.Run("replay", "--sink", OperatedSink.Name, "--from", "2000-01-01", "--to", "2000-01-02");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The log has no events from 2000-01-01 00:00:00Z to 2000-01-02 00:00:00Z; its oldest is of 20", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_program.Base, "state", "commands")));
    }

    [Theory]
    [InlineData("--sink", "nobody", "--from", "2d")]
    [InlineData("--sink", "jsonl", "--from", "2d")]
    [InlineData("--sink", "operated", "--from", "yesterday")]
    [InlineData("--sink", "operated", "--from", "1d", "--to", "2d")]
    [InlineData("--sink", "operated")]
    [InlineData("--from", "2d")]
    public void What_cannot_be_meant_is_refused(params string[] args)
    {
        _sink.Record(_program, client => RecordThree(client));

        var result = _program.Run(["replay", .. args]);

        Assert.Equal(2, result.ExitCode);
        Assert.False(Directory.Exists(Path.Combine(_program.Base, "state", "commands")));
    }

    [Fact]
    public void A_replay_that_is_not_wanted_any_more_is_given_up()
    {
        _sink.Record(_program, client => RecordThree(client));
        _program.Run("sinks", "pause", OperatedSink.Name);
        _program.Run("replay", "--sink", OperatedSink.Name, "--from", "1d");

        _program.Run("replay", "--sink", OperatedSink.Name, "--cancel");
        _program.Run("sinks", "resume", OperatedSink.Name);
        _sink.Record(_program, client => client.Record("after"));

        Assert.Equal(["before", "within", "behind", "after"], _sink.Names);
        Assert.True(TelemetryProgram.Json(_program.Run("sinks", "--json"))[1].GetProperty("dropped").GetProperty("skipped").GetInt64() >= 3);
        Assert.Equal(0, _program.Run("doctor").ExitCode);
    }

    private (string From, string To) RecordThree(TelemetryClient client)
    {
        var from = RecordAndLook(client, "before");
        var to = RecordAndLook(client, "within");
        RecordAndLook(client, "behind");
        return (from, to);
    }

    // An instant behind an event and before the next: the sink has had the event by then.
    private string RecordAndLook(TelemetryClient client, string name)
    {
        client.Record(name);
        Eventually.True(() => _sink.Names.Contains(name));
        return TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
    }
}
