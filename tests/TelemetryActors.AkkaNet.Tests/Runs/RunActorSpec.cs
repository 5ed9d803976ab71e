using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

public sealed class RunActorSpec : Akka.TestKit.Xunit2.TestKit
{
    private readonly string _directory;
    private readonly ManualTime _time;
    private readonly RunRig _rig;

    public RunActorSpec()
        : this(TestFolder.Create(), new ManualTime())
    {
    }

    private RunActorSpec(string directory, ManualTime time)
        : base(RunRig.Keeping(directory, time))
    {
        (_directory, _time) = (directory, time);
        _rig = new RunRig(this, time);
        _rig.Start();
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.8")]
    public void A_batch_is_answered_when_its_lines_are_fsynced_and_not_before()
    {
        _rig.Tell(RunLines.Batch(RunLines.Start(1), RunLines.Event(2)).As(7));
        var append = _rig.Buffer.ExpectMsg<BufferProtocol.Append>(Eventually.DefaultBound);
        Assert.Equal(RunLines.Batch(RunLines.Start(1), RunLines.Event(2)).Bytes, append.Lines.ToArray());
        Assert.False(_rig.Agent.HasMessages);

        _rig.Buffer.Reply(new BufferProtocol.Appended(append.Id));

        Assert.Equal(new RunBatchTaken(7, 2, 0), _rig.Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound));
        Assert.Equal((RunStatus.Running, "nightly", 2L), (_rig.Ask()!.Status, _rig.Ask()!.JobType, _rig.Ask()!.EventCount));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void What_is_sent_again_is_answered_and_not_appended_again()
    {
        var batch = RunLines.Batch(RunLines.Start(1), RunLines.Event(2));
        _rig.Take(batch.As(1));

        _rig.Tell(batch.As(2));
        Assert.Equal(new RunBatchTaken(2, 0, 2), _rig.Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound));
        Assert.False(_rig.Buffer.HasMessages);

        Assert.Equal(new RunBatchTaken(3, 1, 1), _rig.Take(RunLines.Batch(RunLines.Event(2), RunLines.Event(3)).As(3)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_batch_that_the_buffer_refuses_is_new_when_it_comes_again()
    {
        var batch = RunLines.Batch(RunLines.Start(1));
        _rig.Tell(batch.As(1));
        var append = _rig.Buffer.ExpectMsg<BufferProtocol.Append>(Eventually.DefaultBound);

        _rig.Buffer.Reply(new BufferProtocol.AppendRefused(append.Id, "the ring is full"));

        Assert.Equal(new RunBatchRefused(1, "the ring is full", _rig.Settings.RetryAfter), _rig.Agent.ExpectMsg<RunBatchRefused>(Eventually.DefaultBound));
        Assert.Equal(new RunBatchTaken(2, 1, 0), _rig.Take(batch.As(2)));
        Assert.Equal(RunStatus.Running, _rig.Ask()!.Status);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_buffer_that_does_not_answer_is_not_waited_for_for_ever()
    {
        _rig.Tell(RunLines.Batch(RunLines.Event(1)).As(1));
        _rig.Buffer.ExpectMsg<BufferProtocol.Append>(Eventually.DefaultBound);

        _time.Advance(_rig.Settings.AppendTimeout);

        Assert.Equal("the event log took too long", _rig.Agent.ExpectMsg<RunBatchRefused>(Eventually.DefaultBound).Reason);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_lease_that_is_over_while_an_append_is_under_way_is_no_dead_letter_and_ends_nothing()
    {
        _rig.Take(RunLines.Batch(RunLines.Start(1)).As(1));
        _rig.Tell(RunLines.Batch(RunLines.Event(2)).As(2));
        var append = _rig.Buffer.ExpectMsg<BufferProtocol.Append>(Eventually.DefaultBound);
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.UnhandledMessage));

        _rig.Run.Tell(RunTimers.LeaseOver.Instance);
        _rig.Run.Tell("what nobody understands");

        Assert.Equal("what nobody understands", ExpectMsg<Akka.Event.UnhandledMessage>(Eventually.DefaultBound).Message);
        _rig.Buffer.Reply(new BufferProtocol.Appended(append.Id));
        Assert.Equal(new RunBatchTaken(2, 1, 0), _rig.Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound));
        Assert.Equal(RunStatus.Running, _rig.Ask()!.Status);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_damaged_batch_is_refused_for_good_and_nothing_of_it_appended()
    {
        _rig.Tell(new RunBatch(RunLines.Run, 1, "not a line\n"u8.ToArray(), 1));

        var refused = _rig.Agent.ExpectMsg<RunBatchRefused>(Eventually.DefaultBound);

        Assert.True(refused.IsFinal);
        Assert.Contains("a line is no event", refused.Reason);
        Assert.False(_rig.Buffer.HasMessages);
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData("20260301T120000Z-\0-0123abcd", 1)]
    [InlineData("ü", 513)]
    public void A_run_whose_id_no_journal_takes_is_refused_for_good(string part, int times)
    {
        var id = string.Concat(Enumerable.Repeat(part, times));
        var run = _rig.Parent.ChildActorOf(RunActor.Props(id, _rig.Buffer, _rig.Settings, _time));

        run.Tell(new RunBatch(id, 1, RunLines.Batch(RunLines.Event(1)).Bytes, 1), _rig.Agent);

        var refused = _rig.Agent.ExpectMsg<RunBatchRefused>(Eventually.DefaultBound);
        Assert.Equal((true, "the batch is damaged: no journal takes its run's id"), (refused.IsFinal, refused.Reason));
        Assert.False(_rig.Buffer.HasMessages);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void An_id_by_which_an_agent_deals_its_lines_is_refused_by_no_journal()
    {
        var id = new string('\uffe6', AkkaNet.Agents.RunLines.MaxRunIdChars);
        var run = _rig.Parent.ChildActorOf(RunActor.Props(id, _rig.Buffer, _rig.Settings, _time));

        run.Tell(new RunBatch(id, 1, RunLines.Batch(RunLines.Event(1)).Bytes, 1), _rig.Agent);

        Assert.Equal(1, _rig.Buffer.ExpectMsg<BufferProtocol.Append>(Eventually.DefaultBound).Count);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void Batches_behind_the_one_under_way_wait_in_their_order_and_too_many_are_refused()
    {
        for (var number = 1; number <= 4; number++)
        {
            _rig.Tell(RunLines.Batch(RunLines.Event(number)).As(number));
        }

        Assert.Equal(4, _rig.Agent.ExpectMsg<RunBatchRefused>(Eventually.DefaultBound).BatchId);
        for (var number = 1; number <= 3; number++)
        {
            Assert.Equal(RunLines.Batch(RunLines.Event(number)).Bytes, _rig.Append().Lines.ToArray());
            Assert.Equal(number, _rig.Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound).BatchId);
        }
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_run_whose_node_was_lost_is_known_again_with_its_end()
    {
        _rig.Take(RunLines.Batch(RunLines.Start(1), RunLines.Event(2)).As(1));
        _rig.Lose();
        Assert.Equal((RunStatus.Running, "nightly"), (_rig.Ask()!.Status, _rig.Ask()!.JobType));
        _rig.Take(RunLines.Batch(RunLines.End(3, "failed")).As(2));

        _rig.Lose();

        var run = _rig.Ask()!;
        Assert.Equal((RunStatus.Failed, 12, 10), (run.Status, run.DurationMs!.Value, run.Metrics["items"].Number));
        _rig.Tell(RunLines.Batch(RunLines.End(3, "failed")).As(3));
        Assert.Equal(new RunBatchTaken(3, 0, 1), _rig.Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Snapshots_keep_what_was_taken_over_a_loss()
    {
        var snapshots = CreateTestProbe();
        for (var number = 1; number <= 7; number++)
        {
            _rig.Take(RunLines.Batch(RunLines.Event(number)).As(number));
        }

        snapshots.AwaitAssert(() => Assert.Equal(1, RowsOf("snapshot")), Eventually.DefaultBound);
        _rig.Lose();
        _rig.Tell(RunLines.Batch(RunLines.Event(1), RunLines.Event(6)).As(8));

        Assert.Equal(new RunBatchTaken(8, 0, 2), _rig.Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound));
        Assert.Equal(0, RowsOf("journal"));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void What_comes_again_stays_out_however_late_and_wherever_its_run_has_moved_to()
    {
        var first = RunLines.Batch(RunLines.Start(1), RunLines.Event(2));
        _rig.Take(first.As(1));
        for (var start = 0; start < SeenIds.MaxInstances - 1; start++)
        {
            _rig.Take(RunLines.Batch(RunLines.Event(1, instance: string.Create(CultureInfo.InvariantCulture, $"b{start:0000000000}")), RunLines.Event(start + 3)).As(start + 2));
        }

        _rig.Move();
        _rig.Tell(first.As(100));

        Assert.Equal(new RunBatchTaken(100, 0, 2), _rig.Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound));
        Assert.Equal(new RunBatchTaken(101, 1, 2), _rig.Take(RunLines.Batch(RunLines.Event(2), RunLines.Event(65), RunLines.Event(66)).As(101)));
        Assert.False(_rig.Buffer.HasMessages);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void An_id_of_another_form_is_known_within_its_window_also_after_a_move_and_beyond_it_comes_again_with_its_id()
    {
        var foreign = Enumerable.Range(0, SeenIds.WindowIds + 1).Select(number => Foreign(number)).ToArray();
        _rig.Take(RunLines.Batch([.. foreign.Take(SeenIds.WindowIds)]).As(1));
        _rig.Move();

        _rig.Tell(RunLines.Batch(foreign[0]).As(2));
        Assert.Equal(new RunBatchTaken(2, 0, 1), _rig.Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound));
        _rig.Take(RunLines.Batch(foreign[^1]).As(3));

        Assert.Equal(new RunBatchTaken(4, 1, 1), _rig.Take(RunLines.Batch(foreign[0], foreign[^1]).As(4)));
    }

    private static string Foreign(int number) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"ts":"2026-03-01T12:00:00Z","event":"counted","details":{},"run_id":"{{RunLines.Run}}","id":"foreign-{{number}}"}""");

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_run_that_is_silent_beyond_its_lease_is_closed_and_a_late_event_opens_it_again()
    {
        _rig.Take(RunLines.Batch(RunLines.Start(1)).As(1));
        _time.Advance(_rig.Settings.Lease);
        var end = _rig.Buffer.ExpectMsg<BufferProtocol.AppendAbandoned>(Eventually.DefaultBound);
        Assert.Equal((RunLines.Run, "crawler", "nothing was heard of it for 00:15:00"), (end.Run.RunId, end.Run.Agent, end.Cause));
        _rig.Buffer.Reply(new BufferProtocol.Appended(end.Id, System.Text.Encoding.UTF8.GetBytes(RunLines.End(9, "abandoned").Replace("aaaaaaaaaaa", "bbbbbbbbbbb") + "\n")));
        AwaitAssert(() => Assert.Equal(RunStatus.Abandoned, _rig.Ask()!.Status), Eventually.DefaultBound);
        _rig.Lose();
        Assert.Equal(RunStatus.Abandoned, _rig.Ask()!.Status);

        _rig.Take(RunLines.Batch(RunLines.Event(10)).As(2));

        Assert.Equal(RunStatus.Running, _rig.Ask()!.Status);
        _rig.Lose();
        Assert.Equal(RunStatus.Running, _rig.Ask()!.Status);
        Assert.Equal(["ra1", "ro1", "rs1"], Manifests());
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_run_that_was_lost_while_it_ran_is_closed_by_its_next_actor_too()
    {
        _rig.Take(RunLines.Batch(RunLines.Start(1)).As(1));
        _rig.Lose();
        Assert.Equal(RunStatus.Running, _rig.Ask()!.Status);

        _time.Advance(_rig.Settings.Lease);

        _rig.Buffer.ExpectMsg<BufferProtocol.AppendAbandoned>(Eventually.DefaultBound);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void An_end_that_cannot_be_written_is_tried_again_soon_and_then_less_often()
    {
        _rig.Take(RunLines.Batch(RunLines.Start(1)).As(1));
        _time.Advance(_rig.Settings.Lease);
        foreach (var wait in new[] { 1, 2, 4 }.Select(times => _rig.Settings.RetryAfter * times))
        {
            var end = _rig.Buffer.ExpectMsg<BufferProtocol.AppendAbandoned>(Eventually.DefaultBound);
            _rig.Buffer.Reply(new BufferProtocol.AppendRefused(end.Id, "the ring is full"));
            Assert.Equal(RunStatus.Running, _rig.Ask()!.Status);
            _time.Advance(wait - TimeSpan.FromMilliseconds(1));
            _rig.Ask();
            Assert.False(_rig.Buffer.HasMessages);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        _rig.Buffer.ExpectMsg<BufferProtocol.AppendAbandoned>(Eventually.DefaultBound);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Batches_that_wait_behind_a_refused_one_are_refused_with_it_or_they_would_hide_its_lines()
    {
        _rig.Tell(RunLines.Batch(RunLines.Start(1)).As(1));
        _rig.Tell(RunLines.Batch(RunLines.Event(2)).As(2));
        _rig.Tell(RunLines.Batch(RunLines.Event(3)).As(3));
        var append = _rig.Buffer.ExpectMsg<BufferProtocol.Append>(Eventually.DefaultBound);

        _rig.Buffer.Reply(new BufferProtocol.AppendRefused(append.Id, "the ring is full"));

        Assert.Equal([1L, 2, 3], Enumerable.Range(0, 3).Select(_ => _rig.Agent.ExpectMsg<RunBatchRefused>(Eventually.DefaultBound).BatchId));
        Assert.False(_rig.Buffer.HasMessages);
        Assert.Equal(new RunBatchTaken(4, 3, 0), _rig.Take(RunLines.Batch(RunLines.Start(1), RunLines.Event(2), RunLines.Event(3)).As(4)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_batch_that_waits_behind_one_that_came_before_is_taken_without_another()
    {
        _rig.Tell(RunLines.Batch(RunLines.Start(1)).As(1));
        _rig.Tell(RunLines.Batch(RunLines.Start(1)).As(2));
        _rig.Tell(RunLines.Batch(RunLines.Event(2)).As(3));

        _rig.Append();
        _rig.Append();

        Assert.Equal(
            [new RunBatchTaken(1, 1, 0), new RunBatchTaken(2, 0, 1), new RunBatchTaken(3, 1, 0)],
            Enumerable.Range(0, 3).Select(_ => _rig.Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound)));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Lines_that_go_once_more_are_appended_behind_newer_ones_and_change_nothing_of_what_is_known()
    {
        _rig.Take(RunLines.Batch(RunLines.Start(1), RunLines.Event(5)).As(1));

        Assert.Equal(new RunBatchTaken(2, 1, 0), _rig.Take(RunLines.Batch(RunLines.Event(3)).As(2) with { IsRepeat = true }));

        _rig.Tell(RunLines.Batch(RunLines.Event(5)).As(3));
        Assert.Equal(new RunBatchTaken(3, 0, 1), _rig.Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_commit_of_a_run_that_ended_elsewhere_long_ago_does_not_make_it_an_abandoned_one()
    {
        _rig.Take(RunLines.Batch(RunLines.Commit()).As(1));

        _time.Advance(_rig.Settings.Lease);

        Assert.Equal(RunStatus.Running, _rig.Ask()!.Status);
        Assert.False(_rig.Buffer.HasMessages);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void An_ended_run_leaves_memory_when_nobody_speaks_of_it_and_a_running_one_does_not()
    {
        _rig.Take(RunLines.Batch(RunLines.Start(1)).As(1));
        _time.Advance(_rig.Settings.Idle);
        Assert.False(_rig.Parent.HasMessages);
        _rig.Take(RunLines.Batch(RunLines.End(2)).As(2));
        Assert.Equal(RunStatus.Success, _rig.Ask()!.Status);

        _time.Advance(_rig.Settings.Idle);

        var leave = _rig.Parent.ExpectMsg<Passivate>(Eventually.DefaultBound);
        _rig.Run.Tell(leave.StopMessage);
        ExpectTerminated(_rig.Run, Eventually.DefaultBound);
        AwaitAssert(() => Assert.Equal(1, RowsOf("snapshot")), Eventually.DefaultBound);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Lines_of_no_run_have_no_life_and_leave_when_they_cease()
    {
        _rig.Take(RunLines.Batch(RunLines.Event(1, run: "another")).As(1));

        Assert.Null(_rig.Ask());
        _time.Advance(_rig.Settings.Lease);

        _rig.Parent.ExpectMsg<Passivate>(Eventually.DefaultBound);
        Assert.False(_rig.Buffer.HasMessages);
        Assert.Equal(0, RowsOf("journal"));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_stop_waits_for_the_batch_under_way_and_those_that_wait_are_refused()
    {
        _rig.Tell(RunLines.Batch(RunLines.Start(1)).As(1));
        _rig.Tell(RunLines.Batch(RunLines.Event(2)).As(2));
        var append = _rig.Buffer.ExpectMsg<BufferProtocol.Append>(Eventually.DefaultBound);
        _rig.Run.Tell(StopRun.Instance);

        _rig.Buffer.Reply(new BufferProtocol.Appended(append.Id));

        Assert.Equal(1, _rig.Agent.ExpectMsg<RunBatchTaken>(Eventually.DefaultBound).BatchId);
        Assert.Equal(2, _rig.Agent.ExpectMsg<RunBatchRefused>(Eventually.DefaultBound).BatchId);
        ExpectTerminated(_rig.Run, Eventually.DefaultBound);
        Assert.Equal(1, RowsOf("journal"));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_batch_whose_turn_the_journal_does_not_take_is_refused()
    {
        _rig.Take(RunLines.Batch(RunLines.Start(1)).As(1));
        Journal("DROP TABLE journal");
        _rig.Tell(RunLines.Batch(RunLines.End(2)).As(2));

        _rig.Append();

        Assert.Contains("the journal of runs cannot be written", _rig.Agent.ExpectMsg<RunBatchRefused>(Eventually.DefaultBound).Reason);
        ExpectTerminated(_rig.Run, Eventually.DefaultBound);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_run_of_this_process_is_told_by_its_lines_and_kept_alive_by_its_progress()
    {
        _rig.Run.Tell(new RunLine(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.Start(1))));
        for (var look = 1; look <= 10; look++)
        {
            _rig.Run.Tell(new RunProgress(RunLines.Run, 100 * look));
            Assert.Equal(100L * look, _rig.Ask()!.LastSequence);
            _time.Advance(_rig.Settings.Lease / 2);
        }

        _rig.Run.Tell(new RunLine(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.End(1001))));

        AwaitAssert(() => Assert.Equal((RunStatus.Success, 1001L), (_rig.Ask()!.Status, _rig.Ask()!.EventCount)), Eventually.DefaultBound);
        Assert.False(_rig.Buffer.HasMessages);
        Assert.Equal(["re1", "rs1"], Manifests());
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void An_ended_run_of_this_process_leaves_nothing_in_the_journal_to_read()
    {
        TellBoth();
        AwaitAssert(() => Assert.Equal(RunStatus.Success, AskWhoeverIsThere()?.Status), Eventually.DefaultBound);

        _rig.Run.Tell(StopRun.Instance);

        ExpectTerminated(_rig.Run, Eventually.DefaultBound);
        _rig.Start();
        Assert.Null(_rig.Ask());
        Assert.InRange(RowsOf("journal"), 0, 1);

        void TellBoth()
        {
            _rig.Run.Tell(new RunLine(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.Start(1))));
            _rig.Run.Tell(new RunLine(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.End(2))));
        }

        // A journal that comes up beside its snapshot store for the first time may refuse, and ends who asked it: the next one hears the lines again, as it does of whoever keeps them.
        RunRecord? AskWhoeverIsThere()
        {
            var asker = CreateTestProbe();
            asker.Watch(_rig.Run);
            _rig.Run.Tell(new RunQuery(RunLines.Run), asker);
            switch (asker.ReceiveOne(Eventually.DefaultBound))
            {
                case RunAnswer answer:
                    return answer.Record;
                case Terminated:
                    ExpectTerminated(_rig.Run, Eventually.DefaultBound);
                    _time.Advance(TimeSpan.FromMinutes(1));
                    _rig.Start();
                    TellBoth();
                    return null;
                default:
                    return null;
            }
        }
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        TestFolder.Delete(_directory);
    }

    private int RowsOf(string table) => Journal($"SELECT 1 FROM {table}").Count;

    private List<string> Manifests() => Journal("SELECT manifest FROM journal ORDER BY manifest");

    private List<string> Journal(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_directory, "state", RunJournal.FileName)}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
