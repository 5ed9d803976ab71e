using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Trait("Feature", "S1.1")]
public sealed class LenientClientSpec : IDisposable
{
    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_run_without_agent_and_job_type_is_recorded_and_told()
    {
        using (var client = _rig.Start())
        {
            using var run = client.StartRun(null!, null!);
            Assert.Contains("-unnamed-", run.Id, StringComparison.Ordinal);
        }

        Assert.Contains(_rig.Failures, failure => failure.Where == "run");
        Assert.Equal(["run_start", "run_end"], _rig.Names());
    }

    [Fact]
    [Trait("Feature", "D.3")]
    public void A_name_that_cannot_be_is_refused_with_the_reason()
    {
        using var client = _rig.Start();

        var results = new[] { client.Record("log_anchor", ("n", 1)), client.Record(new string('x', 257)), client.Record(" ") };

        Assert.All(results, result => Assert.Equal(DropReason.Invalid, result.Reason));
        Assert.Equal(
            ["log_anchor is the name of the log's own anchors", "the event's name has 257 characters, and may have 256", "the event has no name"],
            results.Select(result => result.Detail));
    }

    [Fact]
    public void A_field_without_a_name_is_written_under_an_empty_one()
    {
        using (var client = _rig.Start())
        {
            string? none = null;
            Assert.True(client.Record("nameless", (none!, 1)).IsAccepted);
        }

        Assert.Equal("""{"":1}""", Assert.Single(_rig.Events(), line => line.GetProperty("event").GetString() == "nameless").GetProperty("details").GetRawText());
    }

    [Theory]
    [InlineData(-5000, false)]
    [InlineData(-1, true)]
    [InlineData(long.MaxValue / TimeSpan.TicksPerMillisecond, true)]
    public async Task A_time_that_is_none_or_more_than_a_timer_takes_throws_nothing(long milliseconds, bool isEnough)
    {
        using var client = _rig.Start(options => options.AddDelegate("late", async (_, _) => await Task.Yield()));
        client.Record("e");

        var isSettled = await client.FlushSinksAsync(TimeSpan.FromMilliseconds(milliseconds), "late");
        await client.FlushSinksAsync(TimeSpan.FromMilliseconds(milliseconds), null!);

        Assert.True(isSettled || !isEnough);
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("unknown")]
    [InlineData(null)]
    public void A_command_for_a_sink_that_is_not_there_writes_nothing_and_is_told(string? name)
    {
        using (var client = _rig.Start())
        {
            client.Command(name!, SinkCommandKind.Pause, "spec");
        }

        Assert.Contains(_rig.Failures, failure => failure == new TelemetryFailure("command", $"There is no sink {name}."));
        Assert.Empty(Directory.EnumerateFiles(_rig.BaseDirectory, "*evil*", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(SinkPaths.CommandDirectory(_rig.BaseDirectory)));
    }

    [Fact]
    public void The_event_log_is_not_paused_and_who_asks_is_told()
    {
        using (var client = _rig.Start())
        {
            client.Command("jsonl", SinkCommandKind.Pause, "spec");
        }

        var failure = Assert.Single(_rig.Failures, failure => failure.Where == "command");
        Assert.Equal("jsonl is not paused: recording and all other sinks live on it", failure.Message);
        Assert.False(Directory.Exists(SinkPaths.CommandDirectory(_rig.BaseDirectory)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_event_log_that_its_command_file_asks_to_pause_goes_on(bool isEventLog)
    {
        var delivery = new SinkDelivery(SinkPolicies.EventLog, SinkState.Fresh, startsAtTail: false, DateTimeOffset.UnixEpoch);
        var sink = new SinkDefinition("jsonl", SinkPolicies.EventLog, _ => throw new NotSupportedException()) { IsEventLog = isEventLog };

        var (_, told) = CommandRules.Obey(new SinkCommand(SinkCommandKind.Pause, "spec", DateTimeOffset.UnixEpoch, null), sink, delivery, DateTimeOffset.UnixEpoch);

        Assert.Equal((!isEventLog, isEventLog), (delivery.IsPaused, told?.StartsWith("refused: ", StringComparison.Ordinal) == true));
    }

    [Fact]
    public void A_delegate_that_only_throws_is_a_sink_that_fails()
    {
        using var client = _rig.Start(options => options.AddDelegate("broken", (_, _) => throw new InvalidOperationException("of its own")));

        client.Record("e");
        _ = client.FlushSinksAsync(TimeSpan.FromMinutes(1), "broken");

        Eventually.True(() => client.Sinks[1].LastError?.Contains("of its own", StringComparison.Ordinal) == true, () => client.Sinks[1].LastError);
    }

    [Fact]
    public void What_nobody_expected_on_a_sinks_thread_is_a_fault_and_the_sink_goes_on()
    {
        var sink = new ThrowingWhenIdle();
        using var client = _rig.Start(options => options.Sinks.Add(new SinkDefinition("spec", SinkPolicies.LocalDatabase with { FlushEvents = 1 }, _ => sink)));
        client.Record("e", ("n", 1));
        Eventually.True(() => client.Sinks[1].LastError?.Contains("nobody expected", StringComparison.Ordinal) == true, () => client.Sinks[1].LastError);

        client.Record("after");

        Eventually.True(() => sink.HasAfter, () => client.Sinks[1].LastError);
    }

    private sealed class ThrowingWhenIdle : ISink, IIdleWork
    {
        private volatile bool _hasAfter;

        public bool HasAfter => _hasAfter;

        public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
        {
            _hasAfter |= batch.Lines.Span.IndexOf("\"event\":\"after\""u8) >= 0;
            return ValueTask.FromResult(SinkOutcome.Delivered);
        }

        public void DoIdleWork() => throw new InvalidOperationException("nobody expected this");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    [Fact]
    public void Details_that_were_cut_are_counted()
    {
        using var client = _rig.Start();
        client.Record("small", ("text", "x"));
        Assert.Equal(0, client.Truncated);

        Assert.True(client.Record("large", ("text", new string('x', 100_000))).IsAccepted);

        Assert.Equal(1, client.Truncated);
    }
}
