using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.9")]
public sealed class WriterSlotSpec : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("slot-");
    private readonly FaultyFileSystem _files = new(DiskFileSystem.Instance);
    private readonly SlotSettings _settings;

    public WriterSlotSpec()
    {
        var folder = new BaseFolder(Path.Combine(_root.FullName, "base"), "spec");
        var rings = _root.CreateSubdirectory("rings").FullName;
        _settings = new SlotSettings(folder, _files, new ManualTime(), new LogOptions(), new RingPlacement(rings, "spec"), 16 * 1024, TimeSpan.Zero);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private static void Record(WriterSlot slot, int events = 1)
    {
        for (var count = 0; count < events; count++)
        {
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded([.. Lines.Event(slot.Ring.Tail.Ordinal), (byte)'\n'], 1, mayWait: false));
        }
    }

    private string[] Left() => [.. Directory.GetFiles(_settings.Base.State, "slot-*").Concat(Directory.GetFiles(_settings.Placement.Directory!)).Select(path => Path.GetFileName(path))];

    [Fact]
    public void Writers_have_slots_of_their_own_and_give_them_back()
    {
        var first = WriterSlot.Open(_settings);
        var second = WriterSlot.Open(_settings);

        Assert.Equal((1, 2), (first.Number, second.Number));
        first.Release();
        second.Release();

        Assert.Empty(Left());
    }

    [Fact]
    public void A_ring_that_is_not_in_the_log_stays_for_the_next_writer_who_brings_it_there()
    {
        var dead = WriterSlot.Open(_settings);
        Record(dead, 5);
        dead.Release();

        using var next = WriterSlot.Open(_settings);

        Assert.Equal((1, 5L, 0L), (next.Number, next.Start.Recovered, next.Start.Lost));
        Assert.Equal(6, File.ReadAllLines(Assert.Single(Directory.GetFiles(next.Folder.Directory))).Length);
        Assert.Equal(dead.Ring.Tail, next.Ring.Tail);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_ring_whose_writer_died_before_its_state_said_that_it_had_begun_comes_to_the_log_whole(bool hadWriterBefore)
    {
        if (hadWriterBefore)
        {
            var before = WriterSlot.Open(_settings);
            Record(before, 2);
            before.Release();
            WriterSlot.Open(_settings).Release();
        }

        var killed = WriterSlot.Open(_settings, notesBegin: false);
        Record(killed, 5);
        var tail = killed.Ring.Tail;
        killed.Forget();

        using var next = WriterSlot.Open(_settings);

        Assert.Equal((1, 5L, 0L, false), (next.Number, next.Start.Recovered, next.Start.Lost, next.Start.InDoubt));
        Assert.Equal((tail, true), (next.Ring.Tail, next.Start.IsOfDeadWriter));
    }

    [Fact]
    public void A_slot_that_is_to_say_later_that_it_has_begun_writes_no_state_unless_the_last_ring_is_in_doubt()
    {
        var later = WriterSlot.Open(_settings, notesBegin: false);
        var wroteAtOnce = File.Exists(later.Folder.StateFile);
        later.TrySaveState(isClean: false);
        Record(later);
        later.Forget();
        File.Delete(later.Ring.Path!);
        var said = File.ReadAllText(later.Folder.StateFile);

        using var next = WriterSlot.Open(_settings, notesBegin: false);

        Assert.Equal((false, true), (wroteAtOnce, next.Start.InDoubt));
        Assert.NotEqual(said, File.ReadAllText(next.Folder.StateFile));
    }

    [Fact]
    public void A_dead_writers_slot_is_taken_over_and_a_living_ones_is_not()
    {
        using var living = WriterSlot.Open(_settings);
        var dead = WriterSlot.Open(_settings);
        Record(dead, 3);
        dead.Release();
        var told = new List<int>();

        Assert.Equal(1, SlotTakeOver.Run(_settings, 0, slot => told.Add(slot.Number), exception => Assert.Fail(exception.ToString())));

        Assert.Equal([2], told);
        Assert.Equal(["slot-1.lock"], Left().Where(name => name.EndsWith("lock", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_full_disk_keeps_the_ring_and_what_it_holds_until_there_is_room()
    {
        var dead = WriterSlot.Open(_settings);
        Record(dead, 5);
        dead.Release();
        _files.IsFull = true;

        var refused = WriterSlot.Open(_settings);
        Record(refused);
        refused.Release();
        _files.IsFull = false;
        using var next = WriterSlot.Open(_settings);

        Assert.Equal(6, next.Start.Recovered);
        Assert.Equal(6, next.Ring.Tail.Ordinal);
    }

    [Fact]
    public void A_lost_ring_makes_positions_go_on_far_above_and_ordinals_behind_what_is_known()
    {
        var dead = WriterSlot.Open(_settings);
        Record(dead, 5);
        dead.Release();
        Array.ForEach(Directory.GetFiles(_settings.Placement.Directory!), File.Delete);

        using var next = WriterSlot.Open(_settings);

        Assert.True(next.Start.InDoubt);
        Assert.Equal(PositionJump.Step, next.Ring.Tail.Position);
    }

    [Fact]
    public void A_sink_ahead_of_a_clean_end_makes_positions_jump_as_well()
    {
        var first = WriterSlot.Open(_settings);
        var stream = first.Ring.Stream;
        first.Release();
        File.WriteAllText(Path.Combine(_settings.Base.SinkStates, "other.json"), $$"""[{"stream":"{{stream}}","position":700,"ordinal":9}]""");

        using var next = WriterSlot.Open(_settings);

        Assert.Equal((PositionJump.Step, 9L), (next.Ring.Tail.Position, next.Ring.Tail.Ordinal));
    }

    [Fact]
    public void A_deleted_lock_is_taken_again()
    {
        using var slot = WriterSlot.Open(_settings);
        var path = SlotLocks.PathOf(_settings.Base, 1);

        File.Delete(path);
        Assert.True(slot.TryKeepHeld());
        Directory.Delete(_settings.Base.State, recursive: true);
        Assert.True(slot.TryKeepHeld());

        Assert.Null(DiskFileLock.TryTake(path));
    }

    [Fact]
    public void Whoever_gets_a_deleted_lock_leaves_the_slot_to_the_process_that_has_its_ring()
    {
        using var slot = WriterSlot.Open(_settings);
        Record(slot, 3);
        File.Delete(SlotLocks.PathOf(_settings.Base, 1));

        using var other = WriterSlot.Open(_settings);
        SlotTakeOver.Run(_settings, other.Number, _ => Assert.Fail("a living slot was taken over"), exception => Assert.Fail(exception.ToString()));

        Assert.Equal(2, other.Number);
        Assert.True(slot.TryKeepHeld());
        Assert.Equal(3, slot.Ring.Tail.Ordinal - slot.Log.Written.Ordinal);
    }

    [Fact]
    public void A_slot_whose_state_and_log_were_deleted_too_is_still_its_owners()
    {
        using var slot = WriterSlot.Open(_settings);
        Record(slot, 3);
        Directory.Delete(_settings.Base.Path, recursive: true);

        using var other = WriterSlot.Open(_settings);

        Assert.Equal(2, other.Number);
        Assert.True(slot.TryKeepHeld());
    }

    [Fact]
    public void A_slot_is_lost_once_its_ring_is_gone_as_well_and_another_process_has_begun_there()
    {
        var slot = WriterSlot.Open(_settings);
        Record(slot, 3);
        File.Delete(SlotLocks.PathOf(_settings.Base, 1));
        File.Delete(slot.Ring.Path!);

        using var thief = WriterSlot.Open(_settings);
        Assert.False(slot.TryKeepHeld());
        slot.Release();

        Assert.Equal((1, slot.Ring.Stream, true), (thief.Number, thief.Ring.Stream, thief.Start.InDoubt));
        Assert.Equal(PositionJump.Step, thief.Ring.Tail.Position);
        Assert.True(File.Exists(thief.Ring.Path), "what the new owner has is left to it");
    }

    [Fact]
    public void A_slot_whose_log_hangs_stays_locked_to_the_end_of_the_process()
    {
        var slot = WriterSlot.Open(_settings);
        Record(slot);

        slot.Release(mayTouchLog: false);

        Assert.Null(DiskFileLock.TryTake(SlotLocks.PathOf(_settings.Base, 1)));
        Assert.Contains(Left(), name => name.EndsWith(".ring", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_no_lock_can_be_had_the_ring_is_in_memory_and_nothing_is_left_behind()
    {
        _files.CreateDirectory(_settings.Base.SinkStates);
        using var slot = SlotOpening.TryOpen(_settings, 1234, slotLock: null)!;
        Record(slot);

        Assert.Null(slot.Ring.Path);
        Assert.Empty(Left());
    }

    [Fact]
    public void A_damaged_state_costs_a_scan_and_nothing_else()
    {
        var dead = WriterSlot.Open(_settings);
        Record(dead, 5);
        dead.Release();
        WriterSlot.Open(_settings).Release();
        File.WriteAllText(dead.Folder.StateFile, """{"version":1,"stream":"x","stretches":[{"file":null}]}""");

        using var next = WriterSlot.Open(_settings);

        Assert.Equal(dead.Ring.Stream, next.Ring.Stream);
        Assert.Equal(5, next.Ring.Tail.Ordinal);
    }
}
