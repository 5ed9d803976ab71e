using System.Security.Cryptography;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Browsing;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
public sealed class SlotRingsSpec : IDisposable
{
    private const int RingBytes = 16 * 1024;

    private readonly SlotRig _rig = new(RingBytes);

    public void Dispose() => _rig.Dispose();

    private IReadOnlyList<SlotLog> Logs() => SlotLog.All(_rig.Files, _rig.Settings.Base.Path);

    private SlotRings Rings(RingPlacement? placement = null) => new(_rig.Files, _rig.Settings.Base, placement ?? _rig.Settings.Placement, logFile: null);

    private IReadOnlyList<SlotRing> Found() => Rings().All(Logs());

    private static void Record(WriterSlot slot, int events)
    {
        for (var count = 0; count < events; count++)
        {
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded([.. Lines.Event(slot.Ring.Tail.Ordinal), (byte)'\n'], 1, mayWait: false));
        }
    }

    private static void Write(WriterSlot slot, bool advances = true)
    {
        var read = RingReader.TryRead(slot.Ring, slot.Log.Written, int.MaxValue, new byte[RingBytes])!.Value;
        var buffer = new byte[read.Bytes];
        RingReader.TryRead(slot.Ring, slot.Log.Written, int.MaxValue, buffer);
        slot.Log.Append(buffer, read.Start, read.End);
        if (advances)
        {
            slot.Ring.AdvanceHead(read.End.Position);
        }
    }

    private WriterSlot Dead(int written, int left, SlotSettings? settings = null)
    {
        var slot = WriterSlot.Open(settings ?? _rig.Settings);
        if (written > 0)
        {
            Record(slot, written);
            Write(slot);
        }

        Record(slot, left);
        slot.Forget();
        return slot;
    }

    private string Prints() => string.Join('\n', _rig.Root.EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal)
        .Select(file => file.FullName + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Tells_what_the_next_start_will_bring_and_changes_nothing(int written)
    {
        var dead = Dead(written, left: 5);
        RingFactory.ForsakenSince(dead.Ring.Path!, _rig.Settings.Time.GetUtcNow());
        var before = Prints();

        var ring = Assert.Single(Found());

        Assert.Equal(before, Prints());
        Assert.Equal((1, RingCondition.Left, dead.Ring.Path, 5L), (ring.Slot, ring.Condition, ring.Path, ring.Rest!.Value.Events));
        Assert.Contains("the next start brings them", ring.Text, StringComparison.Ordinal);
        Assert.Null(ring.Fault);
        using var next = WriterSlot.Open(_rig.Settings);
        Assert.Equal(ring.Rest.Value.Events, next.Start.Recovered);
    }

    [Fact]
    public void What_the_log_has_though_the_ring_was_not_told_so_is_not_counted()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        Record(dead, 3);
        Write(dead, advances: false);
        Record(dead, 2);
        dead.Forget();

        Assert.Equal(2, Assert.Single(Found()).Rest!.Value.Events);
    }

    [Fact]
    public void A_ring_that_nothing_else_tells_of_is_found()
    {
        var dead = Dead(written: 0, left: 3);
        Directory.Delete(_rig.Settings.Base.State, recursive: true);

        var rings = Found();
        var log = Assert.Single(Rings().Joined(Logs(), rings));

        Assert.Equal(3, Assert.Single(rings).Rest!.Value.Events);
        Assert.Equal((dead.Ring.Tail, 0L), (log.Tail, log.End.Ordinal));
    }

    [Fact]
    public void A_ring_is_looked_for_where_its_writer_placed_it()
    {
        Dead(written: 2, left: 3);

        var ring = Assert.Single(Rings(new RingPlacement(null, "spec")).All(Logs()));

        Assert.Equal((RingCondition.Left, 3L), (ring.Condition, ring.Rest!.Value.Events));
    }

    [Fact]
    public void A_living_writers_ring_is_told_as_such()
    {
        using var slot = WriterSlot.Open(_rig.Settings);
        Record(slot, 4);
        Write(slot);
        Record(slot, 3);

        var ring = Assert.Single(Found());

        Assert.Equal((RingCondition.InUse, 3L), (ring.Condition, ring.Rest!.Value.Events));
        Assert.Null(ring.Fault);
    }

    [Fact]
    public void A_living_writer_whose_lock_file_is_gone_is_known_by_its_ring()
    {
        using var slot = WriterSlot.Open(_rig.Settings);
        Record(slot, 4);
        File.Delete(SlotLocks.PathOf(_rig.Settings.Base, 1));

        Assert.Equal(RingCondition.InUse, Assert.Single(Found()).Condition);
    }

    [Fact]
    public void A_living_writer_whose_ring_file_was_deleted_has_lost_nothing()
    {
        using var slot = WriterSlot.Open(_rig.Settings);
        Record(slot, 4);
        File.Delete(slot.Ring.Path!);

        var ring = Assert.Single(Found());

        Assert.Equal((RingCondition.InMemory, null), (ring.Condition, ring.Fault));
        Assert.Contains("dies with its process", ring.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_writer_that_ended_in_order_has_lost_nothing()
    {
        var slot = WriterSlot.Open(_rig.Settings);
        Record(slot, 4);
        Write(slot);
        slot.Log.Sync();
        var meanwhile = Logs();
        slot.Release();

        Assert.False(File.Exists(slot.Ring.Path));
        Assert.Empty(Found());
        Assert.Empty(Rings().All(meanwhile));
    }

    [Fact]
    public void A_lost_ring_is_told_with_what_is_known_of_it()
    {
        var dead = Dead(written: 4, left: 5);
        File.Delete(dead.Ring.Path!);
        var before = Prints();

        var ring = Assert.Single(Found());

        Assert.Equal(before, Prints());
        Assert.Equal((RingCondition.Lost, dead.Ring.Path, dead.Log.Written, RingBytes), (ring.Condition, ring.Path, ring.LogEnd, ring.MostBytes));
        Assert.Equal(
            $"slot 1: its writer did not end in order, and its ring {dead.Ring.Path} is lost: its file is not there any more. Accepted events behind position {dead.Log.Written.Position}, "
                + $"ordinal 4, may be missing: it held {RingBytes} bytes at most",
            ring.Fault);
    }

    [Fact]
    public void Events_of_a_lost_ring_that_a_sink_had_counted_are_missing_for_sure()
    {
        var dead = Dead(written: 4, left: 5);
        var tail = dead.Ring.Tail;
        new SinkStateFile(_rig.Files, _rig.Settings.Base.Path, "http").Save(new SinkState
        {
            Accounts = [new SinkAccount { Slot = 1, Cursor = dead.Log.Written, Tail = tail, Delivered = 4 }],
        });
        File.Delete(dead.Ring.Path!);

        var ring = Assert.Single(Found());

        Assert.Equal(5, ring.CountedBySinks);
        Assert.EndsWith("and 5 events of it at least, which a sink had counted", ring.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_more_is_told_of_a_lost_ring_once_a_start_went_on_without_it()
    {
        File.Delete(Dead(written: 4, left: 5).Ring.Path!);

        using var next = WriterSlot.Open(_rig.Settings);

        Assert.True(next.Start.InDoubt);
        Assert.Equal(RingCondition.InUse, Assert.Single(Found()).Condition);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_ring_of_an_earlier_boot_is_lost(bool isThere)
    {
        var dead = Dead(written: 4, left: 5);
        Reboot.Pretend(dead.Ring.Path!, dead.Folder.StateFile);
        if (!isThere)
        {
            File.Delete(dead.Ring.Path!);
        }

        var ring = Assert.Single(Found());

        Assert.Equal(RingCondition.Lost, ring.Condition);
        Assert.Contains("earlier boot", ring.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ring_that_was_closed_in_order_is_trusted_after_a_reboot()
    {
        var slot = WriterSlot.Open(_rig.Settings);
        Record(slot, 5);
        slot.Release();
        Reboot.Pretend(slot.Ring.Path!, slot.Folder.StateFile);

        var ring = Assert.Single(Found());

        Assert.Equal((RingCondition.Left, 5L), (ring.Condition, ring.Rest!.Value.Events));
    }

    [Fact]
    public void A_ring_of_another_machine_cannot_be_looked_at_and_is_not_called_lost()
    {
        var dead = Dead(written: 4, left: 5);
        File.WriteAllText(dead.Folder.StateFile, File.ReadAllText(dead.Folder.StateFile).Replace($"\"host\":\"{Environment.MachineName}\"", "\"host\":\"elsewhere\"", StringComparison.Ordinal));
        File.Delete(dead.Ring.Path!);

        var ring = Assert.Single(Found());

        Assert.Equal((RingCondition.OutOfReach, null), (ring.Condition, ring.Fault));
        Assert.Contains("it was on elsewhere", ring.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ring_that_is_there_and_cannot_be_opened_is_not_called_lost()
    {
        var dead = Dead(written: 4, left: 5);
        File.Delete(dead.Ring.Path!);
        File.CreateSymbolicLink(dead.Ring.Path!, dead.Ring.Path!);

        var ring = Assert.Single(Found());

        Assert.Equal((RingCondition.OutOfReach, null), (ring.Condition, ring.Fault));
        Assert.Contains(dead.Ring.Path!, ring.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ring_in_plain_memory_is_lost_with_its_writer()
    {
        Dead(written: 4, left: 5, _rig.Settings with { Placement = new RingPlacement(null, "spec") });

        var ring = Assert.Single(Rings(new RingPlacement(null, "spec")).All(Logs()));

        Assert.Equal((RingCondition.Lost, null), (ring.Condition, ring.Path));
        Assert.EndsWith("its ring is lost: it was in plain memory. Accepted events behind position " + ring.LogEnd.Position + ", ordinal 4, may be missing: how many is not known", ring.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_says_whether_a_writer_without_a_lock_lives()
    {
        using var slot = SlotOpening.OpenWithoutDisk(_rig.Settings);
        Record(slot, 2);
        Write(slot);
        slot.TrySaveState(isClean: false);

        Assert.Empty(Found());
    }

    private static void Overrun(WriterSlot slot)
    {
        slot.Ring.Overwrites = true;
        while (slot.Ring.Floor <= slot.Ring.Head || slot.Ring.Floor < RingBytes)
        {
            Record(slot, 1);
        }

        slot.Ring.Overwrites = false;
    }

    // One that has read all the log has, one that is behind, one that has overtaken the log, and one that never ran.
    private IReadOnlyList<SinkOverview> Sinks(Cursor logEnd, Cursor behind, Cursor ahead)
    {
        (string Name, Cursor Cursor)[] kept = [("even", logEnd), ("behind", behind), ("ahead", ahead)];
        foreach (var (name, cursor) in kept)
        {
            new SinkStateFile(_rig.Files, _rig.Settings.Base.Path, name).Save(new SinkState
            {
                Accounts = [new SinkAccount { Slot = 1, Cursor = cursor, Tail = cursor, Delivered = cursor.Ordinal }],
            });
        }

        new SinkStateFile(_rig.Files, _rig.Settings.Base.Path, "unread").Save(new SinkState { Accounts = [SinkAccount.StartAtOldest(2)] });
        return new SinkBrowser(_rig.Files, _rig.Settings.Base.Path).All(Rings().Joined(Logs(), Found()), []);
    }

    private static (long Accepted, long Pending, long Dropped) Sums(SinkOverview sink)
    {
        Assert.All(sink.Accounts, account => Assert.True(account.IsBalanced, account.ToString()));
        return (sink.Accepted, sink.Pending, sink.Dropped[DropReason.Overwritten]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Feature", "SK.9")]
    public void What_was_overwritten_in_a_ring_is_dropped_for_every_sink_and_a_fault_until_the_log_says_it(bool isLiving)
    {
        var slot = WriterSlot.Open(_rig.Settings);
        Record(slot, 4);
        Write(slot);
        var (logEnd, behind) = (slot.Log.Written, new Cursor(slot.Ring.Stream, slot.Log.Written.Position / 4, 1));
        Record(slot, 3);
        var ahead = slot.Ring.Tail;
        Overrun(slot);
        var accepted = slot.Ring.Tail.Ordinal;
        if (!isLiving)
        {
            slot.Forget();
        }

        var ring = Assert.Single(Found());
        var rest = ring.Rest!.Value;
        var logs = Rings().Joined(Logs(), [ring]);
        var fault = Assert.Single(LogAudit.Check(logs)[0].Faults);
        var sinks = Sinks(logEnd, behind, ahead);

        Assert.True(rest is { Overwritten: > 20, Events: > 20 }, rest.ToString());
        Assert.Equal(accepted, 4 + rest.Overwritten + rest.Events);
        Assert.Equal((4, RingReader.Oldest(slot.Ring)), (LogAudit.Check(logs)[0].Events, rest.From));
        Assert.StartsWith($"{rest.Overwritten} events behind position {logEnd.Position} of slot 1 were overwritten in the ring", fault, StringComparison.Ordinal);
        Assert.EndsWith(isLiving ? "its writer, once the disk takes it, writes that down" : "the next start writes that down", fault, StringComparison.Ordinal);
        Assert.Equal((accepted, rest.Events, rest.Overwritten), Sums(sinks[0]));
        Assert.Equal([("ahead", 0), ("behind", 3), ("even", 0), ("unread", 4)], sinks.Skip(1).Select(sink => (sink.Name, (int)(sink.Pending - rest.Events))));
        Assert.Equal([("ahead", -3), ("behind", 0), ("even", 0), ("unread", 0)], sinks.Skip(1).Select(sink => (sink.Name, (int)(Sums(sink).Dropped - rest.Overwritten))));
        Assert.All(sinks.Skip(1), sink => Assert.Equal(accepted, sink.Accepted));
        Assert.Equal(rest.Bytes, sinks.Single(sink => sink.Name == "even").PendingBytes);

        slot.Forget();
        using (WriterSlot.Open(_rig.Settings))
        {
            var after = Sinks(logEnd, behind, ahead);
            Assert.Equal((accepted, 0, rest.Overwritten), Sums(after[0]));
            Assert.Equal(sinks.Skip(1).Select(Sums), after.Skip(1).Select(Sums));
            Assert.Empty(LogAudit.Check(Logs())[0].Faults);
        }
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void Bytes_that_wait_are_those_of_events_and_not_the_jump_over_a_lost_ring()
    {
        var dead = Dead(written: 4, left: 0);
        var written = dead.Log.Written.Position;
        Reboot.Pretend(dead.Ring.Path!, dead.Folder.StateFile);
        using var slot = WriterSlot.Open(_rig.Settings);
        var begin = slot.Ring.Tail.Position;
        Record(slot, 5);
        var bytes = written + slot.Ring.Tail.Position - begin;
        var oldest = SinkAccount.StartAtOldest(1);
        new SinkStateFile(_rig.Files, _rig.Settings.Base.Path, "late").Save(new SinkState { Accounts = [oldest] });

        var own = SlotTail.Of(slot.Source);
        var unwritten = new SinkBrowser(_rig.Files, _rig.Settings.Base.Path).All(Rings().Joined(Logs(), Found()), []);
        Write(slot);
        var afterwards = SlotTail.Of(slot.Source);
        var read = SlotTail.Of(new OtherSlotSource(slot.Folder, _rig.Settings.Time));
        var inFiles = new SinkBrowser(_rig.Files, _rig.Settings.Base.Path).All(Logs(), []);

        Assert.True(begin - written > 1L << 39, $"{written} to {begin}");
        Assert.All([own, afterwards, read], seen => Assert.Equal((9, bytes), (oldest.SeeTail(seen.Tail, seen.Gaps).Pending, oldest.SeeTail(seen.Tail, seen.Gaps).PendingBytes)));
        Assert.All([unwritten[1], inFiles[1]], sink => Assert.Equal(("late", 9, bytes), (sink.Name, sink.Pending, sink.PendingBytes)));
        Assert.Equal((5, bytes - written), (unwritten[0].Pending, unwritten[0].PendingBytes));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void What_a_living_writer_records_meanwhile_is_pending_or_delivered_and_never_lost()
    {
        using var slot = WriterSlot.Open(_rig.Settings);
        Record(slot, 4);
        var before = Logs();
        Write(slot);
        Record(slot, 5);

        var ring = Assert.Single(Rings().All(before));
        var log = new SinkBrowser(_rig.Files, _rig.Settings.Base.Path).All(Rings().Joined(before, [ring]), [])[0];

        Assert.Equal((9, 4, 5, 0), (log.Accepted, log.Delivered, log.Pending, log.Dropped.Total));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void What_stands_in_a_dead_writers_ring_is_pending_for_every_sink_and_accounts_balance()
    {
        var dead = Dead(written: 4, left: 5);
        new SinkStateFile(_rig.Files, _rig.Settings.Base.Path, "http").Save(new SinkState
        {
            Accounts = [new SinkAccount { Slot = 1, Cursor = dead.Log.Written, Tail = dead.Log.Written, Delivered = 4 }],
        });
        new SinkStateFile(_rig.Files, _rig.Settings.Base.Path, "late").Save(new SinkState { Accounts = [SinkAccount.StartAtOldest(1)] });

        var sinks = new SinkBrowser(_rig.Files, _rig.Settings.Base.Path).All(Rings().Joined(Logs(), Found()), []);

        Assert.Equal([(4L, 5L), (4L, 5L), (0L, 9L)], sinks.Select(sink => (sink.Delivered, sink.Pending)));
        Assert.All(sinks.SelectMany(sink => sink.Accounts), account => Assert.True(account.IsBalanced, account.ToString()));
        Assert.Equal(dead.Ring.Tail.Position - dead.Log.Written.Position, sinks[1].PendingBytes);
    }
}
