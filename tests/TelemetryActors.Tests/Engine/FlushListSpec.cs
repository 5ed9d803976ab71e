using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using Xunit;

namespace TelemetryActors.Tests.Engine;

[Trait("Feature", "S2.13")]
public sealed class FlushListSpec
{
    private readonly FlushList _flushes = new();

    [Fact]
    public async Task What_was_settled_before_its_stream_was_replaced_stays_settled()
    {
        var flush = _flushes.Add([Tail(1, 10, 3), Tail(2, 20, 3)]);
        _flushes.EndReached([Settled(1, 10, 3), Settled(2, 20, 2)]);

        Look(Tail(1, 11, 0), Tail(2, 20, 3));
        Look(Tail(1, 11, 0), Tail(2, 20, 3));
        _flushes.EndReached([Settled(1, 11, 0), Settled(2, 20, 3)]);

        Assert.True(_flushes.IsEmpty);
        Assert.True(await flush.Ended);
    }

    [Fact]
    public async Task Who_waits_for_the_end_of_a_stream_that_is_no_more_is_told_so()
    {
        var flush = _flushes.Add([Tail(1, 10, 3)]);
        _flushes.EndReached([Settled(1, 10, 2)]);
        Look(Tail(1, 10, 4));

        Look(Tail(1, 11, 1));

        Assert.True(_flushes.IsEmpty);
        Assert.False(await flush.Ended);
    }

    [Fact]
    public void A_look_that_began_before_the_flush_says_nothing_of_its_stream()
    {
        var flush = _flushes.Add([Tail(1, 11, 3)]);

        Look(Tail(1, 10, 9));
        Look(Tail(1, 11, 3));

        Assert.False(flush.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_slot_that_may_not_be_sent_ends_those_alone_that_still_wait_for_it()
    {
        var passed = _flushes.Add([Tail(1, 10, 3), Tail(2, 20, 3)]);
        var waiting = _flushes.Add([Tail(1, 10, 9)]);
        _flushes.EndReached([Settled(1, 10, 3)]);

        _flushes.EndHeld(1);

        Assert.Equal((false, true), (passed.Ended.IsCompleted, waiting.Ended.IsCompleted));
        Assert.False(await waiting.Ended);
        _flushes.EndHeld(2);
        Assert.True(_flushes.IsEmpty);
    }

    [Fact]
    public async Task Nothing_is_waited_for_where_nothing_is()
    {
        var flush = _flushes.Add([Tail(1, 10, 0)]);

        _flushes.EndReached([]);

        Assert.True(_flushes.IsEmpty);
        Assert.True(await flush.Ended);
    }

    private void Look(params ReadOnlySpan<SlotTail> tails) => _flushes.EndReplaced(tails);

    private static SlotTail Tail(int slot, ulong stream, long ordinal) => new(slot, At(stream, ordinal));

    private static SinkAccount Settled(int slot, ulong stream, long ordinal) => SinkAccount.StartAt(slot, At(stream, ordinal));

    private static Cursor At(ulong stream, long ordinal) => new(new StreamId(stream), ordinal * 10, ordinal);
}
