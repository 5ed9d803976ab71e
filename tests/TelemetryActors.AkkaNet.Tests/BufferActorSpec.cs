using Akka.Actor;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.TestKit;
using Xunit;
using static TelemetryActors.AkkaNet.BufferProtocol;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class BufferActorSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Soon = Eventually.DefaultBound;

    private readonly ManualIntake _intake = new();
    private readonly EngineRig _rig = new(new ManualTime());

    public BufferActorSpec()
        : base(EngineSettings.Reference.WithFallback(SpecSettings.Quiet))
    {
    }

    [Fact]
    [Trait("Feature", "SK.4")]
    [Trait("Feature", "SK.8")]
    public void What_was_appended_during_one_fsync_shares_the_next_and_nothing_is_answered_before()
    {
        var buffer = Start();
        buffer.Tell(new Append(1, Lines("a"), 1));
        Eventually.Equal(1, () => _intake.FlushesAsked);
        buffer.Tell(new Append(2, Lines("b"), 1));
        buffer.Tell(new Append(3, Lines("c"), 1));
        Eventually.Equal(3, () => _intake.Taken.Count);
        Assert.False(HasMessages);

        _intake.EndFlush(0, FlushResult.Durable);
        Assert.Equal(1, ExpectMsg<Appended>(Soon).Id);
        Eventually.Equal(2, () => _intake.FlushesAsked);
        Assert.False(HasMessages);
        _intake.EndFlush(1, FlushResult.Durable);

        Assert.Equal([2, 3], [ExpectMsg<Appended>(Soon).Id, ExpectMsg<Appended>(Soon).Id]);
        Assert.Equal(2, _intake.FlushesAsked);
    }

    [Fact]
    [Trait("Feature", "SK.4")]
    [Trait("Feature", "SK.8")]
    public void Who_brought_the_first_lines_is_answered_while_much_behind_them_is_still_written()
    {
        var intake = new ManualIntake { MaxBytes = BufferActor.BytesAFlush };
        var buffer = Start(intake);
        buffer.Tell(new Append(1, Lines("a"), 1));
        Eventually.Equal(1, () => intake.FlushesAsked);
        buffer.Tell(new Append(2, Lines("b"), 1));
        buffer.Tell(new Append(3, Lines(new string('c', BufferActor.BytesAFlush - 1)), 1));
        Eventually.Equal(2, () => intake.FlushesAsked);
        buffer.Tell(new Append(4, Lines("d"), 1));
        Eventually.Equal(4, () => intake.Taken.Count);

        intake.EndFlush(1, FlushResult.Durable);

        Assert.Equal([2, 3], [ExpectMsg<Appended>(Soon).Id, ExpectMsg<Appended>(Soon).Id]);
        Assert.Equal(2, intake.FlushesAsked);
        intake.EndFlush(0, FlushResult.Durable);
        Assert.Equal(1, ExpectMsg<Appended>(Soon).Id);
        Eventually.Equal(3, () => intake.FlushesAsked);
        intake.EndFlush(2, FlushResult.Durable);
        Assert.Equal(4, ExpectMsg<Appended>(Soon).Id);
    }

    [Theory]
    [Trait("Feature", "SK.8")]
    [InlineData(DropReason.RingFull, "the ring is full")]
    [InlineData(DropReason.Disabled, "this node takes no events")]
    public void What_finds_no_room_is_refused_at_once_with_the_reason(DropReason reason, string text)
    {
        _intake.Answer = reason;

        Start().Tell(new Append(1, Lines("a"), 1));

        Assert.Contains(text, ExpectMsg<AppendRefused>(Soon).Reason);
        Assert.Equal(0, _intake.FlushesAsked);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void Lines_that_are_not_fsynced_are_refused_with_what_the_log_says()
    {
        var buffer = Start();
        buffer.Tell(new Append(1, Lines("a"), 1));
        Eventually.Equal(1, () => _intake.FlushesAsked);

        _intake.EndFlush(0, FlushResult.NotDurable("the disk is full"));

        Assert.Equal(new AppendRefused(1, "the disk is full"), ExpectMsg<AppendRefused>(Soon));
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_large_batch_goes_in_pieces_of_whole_lines_and_a_line_too_large_is_refused_for_good()
    {
        var buffer = Start();

        buffer.Tell(new Append(1, Lines(new string('a', 600), new string('b', 600), "c"), 3));
        Eventually.Equal(1, () => _intake.FlushesAsked);
        _intake.EndFlush(0, FlushResult.Durable);
        Assert.Equal(1, ExpectMsg<Appended>(Soon).Id);
        buffer.Tell(new Append(2, Lines(new string('a', 1000)), 1));

        Assert.True(ExpectMsg<AppendRefused>(Soon).IsFinal);
        Assert.Equal([$"1:{new string('a', 600)}\n", $"2:{new string('b', 600)}\nc\n"], _intake.Taken);
    }

    [Fact]
    [Trait("Feature", "SK.8")]
    public void A_run_that_is_given_up_gets_its_end_and_the_line_comes_back()
    {
        Start().Tell(new AppendAbandoned(1, new OpenRun("r", "agent", 3), "silent"));
        Eventually.Equal(1, () => _intake.FlushesAsked);

        _intake.EndFlush(0, FlushResult.Durable);

        Assert.Equal("r silent\n", System.Text.Encoding.UTF8.GetString(ExpectMsg<Appended>(Soon).Line.Span));
    }

    [Fact]
    [Trait("Feature", "SK.4")]
    [Trait("Feature", "SK.8")]
    public void A_buffer_that_is_started_anew_refuses_what_waited_and_an_old_flush_answers_nobody()
    {
        var buffer = Start();
        buffer.Tell(new Append(1, Lines("a"), 1));
        Eventually.Equal(1, () => _intake.FlushesAsked);

        buffer.Tell(Kill.Instance);
        Assert.Equal(1, ExpectMsg<AppendRefused>(Soon).Id);
        buffer.Tell(new Append(2, Lines("b"), 1));
        Eventually.Equal(2, () => _intake.FlushesAsked);
        _intake.EndFlush(0, FlushResult.Durable);
        _intake.EndFlush(1, FlushResult.NotDurable("no"));

        Assert.Equal(new AppendRefused(2, "no"), ExpectMsg<object>(Soon));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _rig.Dispose();
    }

    private static byte[] Lines(params string[] lines) => System.Text.Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    private IActorRef Start(ManualIntake? intake = null)
    {
        var props = BufferActor.Props(_rig.Environment with { Intake = intake ?? _intake }, [], new ThreadLife());
        return Sys.ActorOf(Props.Create(() => new Restarting(props))).Ask<IActorRef>("buffer").GetAwaiter().GetResult();
    }

    // What the guardian does: whoever is killed is started anew.
    private sealed class Restarting : ReceiveActor
    {
        public Restarting(Props props)
        {
            var child = Context.ActorOf(props);
            Receive<string>(_ => Sender.Tell(child));
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);
    }
}
