using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using Xunit;

namespace TelemetryActors.Tests.Delivery;

/// <summary>What a sink that keeps its accounts goes on from, by what was settled and what it has.</summary>
[Trait("Feature", "D.7")]
public sealed class OwnAccountsSpec
{
    private static readonly SinkAccount Settled = SinkAccount.StartAt(1, At(1, 0)).SeeTail(At(1, 120)).Settle(At(1, 100), 3, DropCounts.None);

    private static Cursor At(ulong stream, long ordinal) => new(new StreamId(stream), ordinal * 10, ordinal);

    private static SinkAccount GoOn(SinkAccount? settled, SinkAccount own) => Assert.Single(OwnAccounts.ToGoOnFrom(settled is { } account ? [account] : [], [own]));

    // As a sink counts: its tail is its cursor.
    private static SinkAccount Take(SinkAccount account, Cursor end, int refused = 0)
    {
        var taken = account.Settle(end, refused, DropCounts.None);
        return taken with { Tail = taken.Cursor };
    }

    [Fact]
    public void What_the_sink_took_and_was_not_settled_comes_again() =>
        Assert.Equal(Settled, GoOn(Settled, Take(Settled, At(1, 110), refused: 1)));

    [Fact]
    public void A_sink_that_lost_some_of_it_goes_on_from_what_it_has()
    {
        var own = Take(SinkAccount.StartAt(1, At(1, 0)), At(1, 50));

        Assert.Equal(own, GoOn(Settled, own));
    }

    [Fact]
    public void Of_a_slot_in_which_nothing_was_settled_all_comes_again()
    {
        var own = Take(SinkAccount.StartAt(1, At(1, 0)), At(1, 50));

        Assert.Equal(SinkAccount.StartAtOldest(1), GoOn(null, own));
        Assert.Equal(SinkAccount.StartAtOldest(1), GoOn(SinkAccount.StartAtOldest(1).SeeTail(At(1, 50)), own));
    }

    [Fact]
    public void A_slot_whose_stream_has_ended_keeps_its_counts_and_what_was_given_up_with_it()
    {
        var ended = Settled.SeeTail(At(2, 5));
        var own = Take(SinkAccount.StartAt(1, At(1, 0)), At(1, 100), refused: 3);

        var next = GoOn(ended, own);

        Assert.Equal((StreamId.None, 97L, 3L, 20L), (next.Cursor.Stream, next.Delivered, next.DeadLettered, next.Dropped.Total));
        Assert.Equal(own.Dropped, next.Told);
        Assert.False(OwnAccounts.StartOver([ended], [next]));
    }

    [Fact]
    public void A_batch_of_the_next_stream_that_was_not_settled_comes_again()
    {
        var own = Take(Take(SinkAccount.StartAt(1, At(1, 0)), At(1, 100), refused: 3).BeginAt(At(2, 0), DropCounts.None.Plus(DropReason.InDoubt, 20)), At(2, 5), refused: 1);

        Assert.Equal(Settled, GoOn(Settled, own));
        Assert.Equal(Settled.SeeTail(At(2, 5)), GoOn(Settled.SeeTail(At(2, 5)), own));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(5000)]
    public void Data_of_another_stream_that_do_not_go_on_from_what_was_settled_count_for_themselves(long taken)
    {
        var own = Take(SinkAccount.StartAt(1, At(9, 0)), At(9, taken), refused: 4);

        Assert.Equal(own, GoOn(Settled, own));
    }
}
