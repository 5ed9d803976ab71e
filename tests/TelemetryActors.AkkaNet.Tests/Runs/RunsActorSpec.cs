using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Engine;
using TelemetryActors.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

public sealed class RunsActorSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = Eventually.DefaultBound;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private readonly string _directory;
    private readonly ManualTime _time;
    private readonly EngineRig _rig;
    private readonly RunSettings _settings = new();
    private readonly TestProbe _buffer;
    private IReadOnlyCollection<OpenRun> _open = [];

    public RunsActorSpec()
        : this(TestFolder.Create(), new ManualTime())
    {
    }

    private RunsActorSpec(string directory, ManualTime time)
        : base(RunRig.Keeping(directory, time))
    {
        (_directory, _time, _rig) = (directory, time, new EngineRig(time));
        _buffer = CreateTestProbe();
    }

    [Theory]
    [Trait("Feature", "SK.3")]
    [InlineData("20260301T120000Z-crawler-0123abcd")]
    [InlineData("a run / of \"another\" house $%?#")]
    [InlineData("agent-0123456789a")]
    public void Every_run_has_an_actor_whatever_it_is_called(string run)
    {
        var runs = Start();

        Take(runs, RunLines.Batch(RunLines.Event(1, run)).As(1, run));
        runs.Tell(new RunQuery(run));

        Assert.Equal(run, ExpectMsg<RunAnswer>(Soon).EntityId);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void Runs_do_not_wait_for_one_another()
    {
        var runs = Start();
        runs.Tell(RunLines.Batch(RunLines.Event(1)).As(1));
        var stuck = _buffer.ExpectMsg<BufferProtocol.Append>(Soon);

        Take(runs, RunLines.Batch(RunLines.Event(1, "another")).As(2, "another"));

        _buffer.Reply(new BufferProtocol.Appended(stuck.Id));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.8")]
    public void A_run_that_left_memory_is_known_again_when_it_is_spoken_of_and_nothing_told_meanwhile_is_lost()
    {
        var runs = Start();
        var batch = RunLines.Batch(RunLines.Start(1), RunLines.End(2));
        Take(runs, batch.As(1));
        var first = Child(runs);
        Watch(first);

        _time.Advance(_settings.Idle);
        for (var number = 2; number <= 5; number++)
        {
            runs.Tell(batch.As(number));
        }

        Assert.Equal([2, 3, 4, 5], Enumerable.Range(0, 4).Select(_ => ExpectMsg<RunBatchTaken>(Soon)).Where(taken => taken.Duplicates == 2).Select(taken => taken.BatchId).Order());
        ExpectTerminated(first, Soon);
        runs.Tell(new RunQuery(RunLines.Run));
        Assert.Equal(RunStatus.Success, ExpectMsg<RunAnswer>(Soon).Record!.Status);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void An_open_handle_keeps_its_run_alive_however_silent_and_a_closed_one_does_not()
    {
        _open = [new OpenRun(RunLines.Run, "crawler", 7)];
        var runs = Start();
        runs.Tell(new RunLine(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.Start(1))));
        Assert.Equal(RunStatus.Running, Ask(runs)!.Status);
        for (var look = 0; look < 400; look++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            Eventually.Equal(_time.GetUtcNow(), () => Ask(runs)!.LastHeardOf);
        }

        Assert.Equal((RunStatus.Running, 7L), (Ask(runs)!.Status, Ask(runs)!.LastSequence!.Value));
        Assert.False(_buffer.HasMessages);
        _open = [];
        _time.Advance(_settings.Lease);

        _buffer.ExpectMsg<BufferProtocol.AppendAbandoned>(Soon);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_number_that_was_just_given_out_is_told_a_look_later_so_that_its_line_is_no_duplicate()
    {
        _open = [new OpenRun(RunLines.Run, "crawler", 2)];
        var runs = Start();
        runs.Tell(new RunLine(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.Start(1))));
        Assert.Equal(1, Ask(runs)!.LastSequence);
        _time.Advance(Look);
        Assert.Equal((_time.GetUtcNow(), 1L), (Ask(runs)!.LastHeardOf, Ask(runs)!.LastSequence!.Value));

        _open = [];
        runs.Tell(new RunLine(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.End(2))));

        Assert.Equal((RunStatus.Success, 2L, 0L), (Ask(runs)!.Status, Ask(runs)!.EventCount, Ask(runs)!.DuplicateCount));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_number_of_the_look_before_is_told()
    {
        _open = [new OpenRun(RunLines.Run, "crawler", 7)];
        var runs = Start();
        runs.Tell(new RunLine(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.Start(1))));
        Assert.Equal(1, Ask(runs)!.LastSequence);
        _time.Advance(Look);
        Ask(runs);

        _time.Advance(Look);

        Assert.Equal(7, Ask(runs)!.LastSequence);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void An_open_handle_starts_no_actor_only_to_say_that_its_run_lives()
    {
        _open = [new OpenRun("silent", "crawler", 7)];
        var runs = Start();
        Ask(runs);

        _time.Advance(Look);
        _time.Advance(Look);
        Ask(runs);

        Sys.ActorSelection(runs.Path / "silent").Tell(new Identify(1), TestActor);
        Assert.Null(ExpectMsg<ActorIdentity>(Soon).Subject);
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_run_s_actor_begins_with_what_those_before_it_did_not_hear()
    {
        var lines = new RunLineRelay();
        lines.Open(ActorRefs.Nobody);
        lines.Tell(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.Start(1)));
        lines.Tell(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.End(2)));

        var runs = Start(_settings with { OwnLines = lines });

        Assert.Equal((RunStatus.Success, 0L), (Ask(runs)!.Status, Ask(runs)!.DuplicateCount));
        Assert.Empty(lines.ToldRuns());
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void A_run_that_was_not_heard_to_the_end_is_not_given_up()
    {
        var lines = new RunLineRelay(mostRuns: 1);
        lines.Open(ActorRefs.Nobody);
        lines.Tell("another", System.Text.Encoding.UTF8.GetBytes(RunLines.Start(1, "another")));
        var runs = Start(_settings with { OwnLines = lines });
        Take(runs, RunLines.Batch(RunLines.Start(1)).As(1));
        lines.Tell(RunLines.Run, System.Text.Encoding.UTF8.GetBytes(RunLines.End(2)));

        _time.Advance(_settings.Lease);
        Ask(runs);

        Assert.False(_buffer.HasMessages);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void At_the_end_what_is_under_way_is_answered_what_comes_is_refused_and_all_are_kept()
    {
        var runs = Watch(Start());
        runs.Tell(RunLines.Batch(RunLines.Start(1)).As(1));
        var append = _buffer.ExpectMsg<BufferProtocol.Append>(Soon);

        runs.Tell(new SinkProtocol.Drain());
        runs.Tell(RunLines.Batch(RunLines.Event(1, "another")).As(2, "another"));
        Assert.Equal("this node is ending", ExpectMsg<RunBatchRefused>(Soon).Reason);
        _buffer.Reply(new BufferProtocol.Appended(append.Id));

        Assert.Equal(1, ExpectMsg<RunBatchTaken>(Soon).BatchId);
        ExpectTerminated(runs, Soon);
        var next = Start();
        Assert.Equal(RunStatus.Running, Ask(next)!.Status);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void At_the_end_what_waits_for_a_run_s_next_actor_is_refused()
    {
        var runs = Watch(Start());
        Take(runs, RunLines.Batch(RunLines.Start(1)).As(1));
        runs.Tell(new Passivate("nothing that ends it"), Child(runs));
        runs.Tell(RunLines.Batch(RunLines.Event(2)).As(2));

        runs.Tell(new SinkProtocol.Drain());

        Assert.Equal(new RunBatchRefused(2, "this node is ending", TimeSpan.FromSeconds(1)), ExpectMsg<RunBatchRefused>(Soon));
        ExpectTerminated(runs, Soon);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_batch_that_names_no_run_is_refused_for_good()
    {
        Start().Tell(RunLines.Batch(RunLines.Event(1)).As(1, ""));

        Assert.True(ExpectMsg<RunBatchRefused>(Soon).IsFinal);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _rig.Dispose();
        TestFolder.Delete(_directory);
    }

    private IActorRef Start(RunSettings? settings = null) => Sys.ActorOf(RunsActor.Props(_buffer, settings ?? _settings, _rig.Environment with { OpenRuns = () => _open }));

    private IActorRef Child(IActorRef runs) => Sys.ActorSelection(runs.Path / RunLines.Run).ResolveOne(Soon).GetAwaiter().GetResult();

    private void Take(IActorRef runs, RunBatch batch)
    {
        runs.Tell(batch);
        var append = _buffer.ExpectMsg<BufferProtocol.Append>(Soon);
        _buffer.Reply(new BufferProtocol.Appended(append.Id));
        ExpectMsg<RunBatchTaken>(Soon);
    }

    private RunRecord? Ask(IActorRef runs)
    {
        var asker = CreateTestProbe();
        runs.Tell(new RunQuery(RunLines.Run), asker);
        return asker.ExpectMsg<RunAnswer>(Soon).Record;
    }
}
