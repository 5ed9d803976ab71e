using TelemetryActors.Browsing;
using TelemetryActors.Client;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

[Trait("Feature", "S1.18")]
public sealed class LostMemoryRingSpec : IDisposable
{
    private readonly SlotRig _rig = new();
    private readonly SlotSettings _settings;
    private readonly byte[] _buffer = new byte[64 * 1024];

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

    // As the log's worker does, also where the ring was overwritten behind what the log has; false when the disk refuses.
    private bool TryWrite(WriterSlot slot)
    {
        while (slot.Log.Written != slot.Ring.Tail)
        {
            var read = slot.Source.Read(slot.Log.Written, int.MaxValue, _buffer);
            try
            {
                slot.Log.Append(_buffer.AsSpan(0, read.Bytes), read.Start, read.End);
            }
            catch (IOException)
            {
                return false;
            }

            slot.Ring.AdvanceHead(read.End.Position);
        }

        slot.Log.Sync();
        return true;
    }

    private static void Overwrite(WriterSlot slot)
    {
        slot.Ring.Overwrites = true;
        for (var floor = slot.Ring.Floor; slot.Ring.Floor <= floor;)
        {
            slot.Append();
        }
    }

    // What a sink is told that has come so far.
    private (long Gone, DropReason Reason) GoneFor(IEventSource source, Cursor from)
    {
        var read = source.Read(from, int.MaxValue, _buffer);
        Assert.True(read.Bytes > 0, $"{read}");
        return (read.Start.Ordinal - from.Ordinal, read.GoneReason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sinks_are_told_the_same_reason_from_the_ring_from_the_log_and_in_another_process(bool isKnownToSink)
    {
        var slot = Begin(written: 4, left: 5);
        var sink = slot.Source.Read(slot.Log.Written, isKnownToSink ? 2 : 0, _buffer).End;
        slot.Release();

        using var next = WriterSlot.Open(_settings);
        next.Append(2);
        var ofRing = GoneFor(next.Source, sink);
        Assert.True(TryWrite(next));

        Assert.Equal((isKnownToSink ? 3 : 5, DropReason.InDoubt), ofRing);
        Assert.Equal(ofRing, GoneFor(next.Source, sink));
        var other = new OtherSlotSource(next.Folder, _rig.Time);
        Assert.Equal(next.Log.Written, other.Tail);
        Assert.Equal(ofRing, GoneFor(other, sink));
    }

    [Fact]
    public void A_loss_is_told_at_the_end_of_the_process_that_had_it_and_of_no_later_one()
    {
        var slot = Begin(written: 4, left: 5);
        Assert.Equal(new LeftAtEnd(0, 0, 5), LeftAtEnd.Of(slot, LeftAtEnd.WrittenTo(slot)));
        slot.Release();

        for (var start = 1; start <= 2; start++)
        {
            var next = WriterSlot.Open(_settings);
            Assert.Equal(default, LeftAtEnd.Of(next, LeftAtEnd.WrittenTo(next)));
            next.Release();
        }

        Assert.Equal((4 + 5, 4, 5, 5), Account());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_overwritten_behind_a_loss_before_the_log_takes_anything_is_counted_with_it(bool refusesFirst)
    {
        Begin(written: 4, left: 5).Release();

        using (var next = WriterSlot.Open(_settings))
        {
            Overwrite(next);
            if (refusesFirst)
            {
                _rig.Files.FailWrite(1);
                Assert.False(TryWrite(next));
                Overwrite(next);
            }

            Assert.True(TryWrite(next));
        }

        var (accepted, delivered, inDoubt, dropped) = Account();
        Assert.True(inDoubt > 5, $"{inDoubt}");
        Assert.Equal((accepted - delivered, inDoubt), (inDoubt, dropped));
        Assert.Contains($"{inDoubt} events before", Assert.Single(Audit().Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_is_counted_also_where_the_next_process_ends_with_a_write_that_failed_behind_what_it_had_overwritten()
    {
        Begin(written: 4, left: 5).Release();
        var next = WriterSlot.Open(_settings);
        Overwrite(next);
        var tail = next.Ring.Tail;
        _rig.Files.FailWrite(1);
        Assert.False(TryWrite(next));
        next.Release();

        Assert.Equal((tail.Ordinal, 4, tail.Ordinal - 4, tail.Ordinal - 4), Account());
        Assert.False(Audit().MayHaveLostMore);
    }

    [Fact]
    public void A_loss_that_was_counted_is_exact_also_where_positions_had_jumped_before_it_and_retention_took_that()
    {
        Begin(written: 4, left: 5).Forget();
        Begin(written: 2, left: 5).Release();
        _rig.Time.Advance(TimeSpan.FromDays(1));

        using (var next = WriterSlot.Open(_settings with { Log = new LogOptions { RetentionBytes = 1 } }))
        {
            Assert.True(next.Ring.Tail.Position > PositionJump.Step);
            next.Append(2);
            Assert.True(TryWrite(next));
        }

        Assert.Single(_rig.LogFiles);
        Assert.False(Audit().MayHaveLostMore);
        Assert.Equal((6 + 5 + 2, 2, 5, 5 + 6), Account());
    }

    [Fact]
    public void Lines_that_stand_in_another_ring_as_well_are_not_lost_with_the_memory_that_was_to_bring_them()
    {
        Begin(written: 4, left: 0).Release();
        var slot = WriterSlot.Open(_settings);
        var bringing = new StrandedBringing(slot);
        byte[][] lines = [[.. Lines.Event(100), (byte)'\n'], [.. Lines.Event(101), (byte)'\n']];
        _rig.Files.FailWrite(1);

        Assert.Throws<DiskFullException>(() => Bring(bringing, lines));
        slot.Release();

        Assert.Equal((4, 4, 0, 0), Account());
        Assert.Empty(Audit().Notes);
        using (var next = WriterSlot.Open(_settings))
        {
            Assert.False(next.Start.InDoubt);
            Bring(new StrandedBringing(next), lines);
        }

        Assert.Equal((6, 6, 0, 0), Account());
        Assert.Empty(Audit().Notes);
    }

    private static void Bring(StrandedBringing bringing, byte[][] lines)
    {
        Array.ForEach(lines, line => bringing.Take(line, isUntracked: false));
        bringing.End();
    }
}
