using TelemetryActors.Browsing;
using TelemetryActors.Events;
using TelemetryActors.Ring;
using Xunit;

namespace TelemetryActors.Slots;

[Trait("Feature", "S1.18")]
public sealed class LostMemoryRingSpec : IDisposable
{
    private readonly SlotRig _rig = new();
    private readonly SlotSettings _settings;

    public LostMemoryRingSpec() => _settings = _rig.Settings with { Placement = new RingPlacement(null, "spec") };

    public void Dispose() => _rig.Dispose();

    private IReadOnlyList<SlotLog> Logs() => SlotLog.All(_rig.Files, _rig.Settings.Base.Path);

    private SlotFinding Audit()
    {
        var finding = Assert.Single(LogAudit.Check(Logs()));
        Assert.Empty(finding.Faults);
        return finding;
    }

    private (long Accepted, long Delivered, long InDoubt, long Dropped) Account()
    {
        var log = new SinkBrowser(_rig.Files, _rig.Settings.Base.Path).All(Logs(), [])[0];
        Assert.All(log.Accounts, account => Assert.True(account.IsBalanced, account.ToString()));
        return (log.Accepted, log.Delivered, log.Dropped[DropReason.InDoubt], log.Dropped.Total);
    }

    // The disk took the first events, and none of those behind them.
    private WriterSlot Begin(int written, int left)
    {
        var slot = WriterSlot.Open(_settings);
        if (written > 0)
        {
            slot.Append(written);
            slot.Write();
            slot.Log.Sync();
        }

        slot.Append(left);
        return slot;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void What_goes_with_a_process_that_ends_in_order_is_counted_to_the_event_before_the_next_start_and_after_it(int written)
    {
        var slot = Begin(written, left: 5);
        var tail = slot.Ring.Tail;
        slot.Release();

        Assert.Equal((written + 5, written, 5, 5), Account());
        Assert.Equal((written, false), (Audit().Events, Audit().MayHaveLostMore));
        Assert.Contains("5 events behind position", Assert.Single(Audit().Notes), StringComparison.Ordinal);

        for (var start = 1; start <= 3; start++)
        {
            using (var next = WriterSlot.Open(_settings))
            {
                Assert.Equal((start == 1 ? tail : next.Ring.Tail, false), (next.Ring.Tail, next.Start.InDoubt));
                next.Append(2);
                next.Write();
                next.Log.Sync();
            }

            var events = written + (2 * start);
            Assert.Equal((events + 5, events, 5, 5), Account());
            Assert.Equal((events, false), (Audit().Events, Audit().MayHaveLostMore));
            Assert.Contains("5 events before", Assert.Single(Audit().Notes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_process_that_records_nothing_after_the_loss_hands_on_the_count()
    {
        Begin(written: 4, left: 5).Release();
        WriterSlot.Open(_settings).Release();

        var left = Begin(written: 0, left: 3);
        Assert.Equal((4 + 5, 4, 5, 5), Account());
        left.Release();

        Assert.Equal((4 + 8, 4, 8, 8), Account());
        Assert.False(Audit().MayHaveLostMore);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public void Where_nobody_could_count_what_was_lost_the_jump_tells_of_it(int written, bool records)
    {
        var slot = Begin(written, left: 5);
        _rig.Files.IsFull = true;
        slot.Release();
        _rig.Files.IsFull = false;

        using (var next = WriterSlot.Open(_settings))
        {
            if (records)
            {
                next.Append(2);
                next.Write();
                next.Log.Sync();
            }
        }

        var events = written + (records ? 2 : 0);
        Assert.Equal((events, true), (Audit().Events, Audit().MayHaveLostMore));
        Assert.Contains("in doubt", Assert.Single(Audit().Notes), StringComparison.Ordinal);
        Assert.Equal((events, events, 0, 0), Account());
    }
}
