using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>Whose a slot is: by its lock, and by its ring where that was deleted.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.9")]
public sealed class SlotOwnershipSpec : IDisposable
{
    private readonly SlotRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_dead_writers_slot_is_taken_over_and_a_living_ones_is_not()
    {
        using var living = WriterSlot.Open(_rig.Settings);
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Append(3);
        dead.Release();
        var told = new List<int>();

        Assert.Equal(1, SlotTakeOver.Run(_rig.Settings, 0, slot => told.Add(slot.Number), exception => Assert.Fail(exception.ToString())));

        Assert.Equal([2], told);
        Assert.Equal(["slot-1.lock"], _rig.Left.Where(name => name.EndsWith("lock", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_deleted_lock_is_taken_again()
    {
        using var slot = WriterSlot.Open(_rig.Settings);
        var path = SlotLocks.PathOf(_rig.Settings.Base, 1);

        File.Delete(path);
        Assert.True(slot.TryKeepHeld());
        Directory.Delete(_rig.Settings.Base.State, recursive: true);
        Assert.True(slot.TryKeepHeld());

        Assert.Null(DiskFileLock.TryTake(path));
    }

    [Fact]
    public void Whoever_gets_a_deleted_lock_leaves_the_slot_to_the_process_that_has_its_ring()
    {
        using var slot = WriterSlot.Open(_rig.Settings);
        slot.Append(3);
        File.Delete(SlotLocks.PathOf(_rig.Settings.Base, 1));

        using var other = WriterSlot.Open(_rig.Settings);
        SlotTakeOver.Run(_rig.Settings, other.Number, _ => Assert.Fail("a living slot was taken over"), exception => Assert.Fail(exception.ToString()));

        Assert.Equal(2, other.Number);
        Assert.True(slot.TryKeepHeld());
        Assert.Equal(3, slot.Ring.Tail.Ordinal - slot.Log.Written.Ordinal);
    }

    [Fact]
    public void A_slot_whose_state_and_log_were_deleted_too_is_still_its_owners()
    {
        using var slot = WriterSlot.Open(_rig.Settings);
        slot.Append(3);
        Directory.Delete(_rig.Settings.Base.Path, recursive: true);

        using var other = WriterSlot.Open(_rig.Settings);

        Assert.Equal(2, other.Number);
        Assert.True(slot.TryKeepHeld());
    }

    [Fact]
    public void A_slot_is_lost_once_its_ring_is_gone_as_well_and_another_process_has_begun_there()
    {
        var slot = WriterSlot.Open(_rig.Settings);
        slot.Append(3);
        File.Delete(SlotLocks.PathOf(_rig.Settings.Base, 1));
        File.Delete(slot.Ring.Path!);

        using var thief = WriterSlot.Open(_rig.Settings);
        Assert.False(slot.TryKeepHeld());
        slot.Release();

        Assert.Equal((1, slot.Ring.Stream, true), (thief.Number, thief.Ring.Stream, thief.Start.InDoubt));
        Assert.Equal(PositionJump.Step, thief.Ring.Tail.Position);
        Assert.True(File.Exists(thief.Ring.Path), "what the new owner has is left to it");
    }

    [Fact]
    public void A_slot_whose_log_hangs_stays_locked_to_the_end_of_the_process()
    {
        var slot = WriterSlot.Open(_rig.Settings);
        slot.Append();

        slot.Release(mayTouchLog: false);

        Assert.Null(DiskFileLock.TryTake(SlotLocks.PathOf(_rig.Settings.Base, 1)));
        Assert.Contains(_rig.Left, name => name.EndsWith(".ring", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_no_lock_can_be_had_the_ring_is_in_memory_and_nothing_is_left_behind()
    {
        _rig.Files.CreateDirectory(_rig.Settings.Base.SinkStates);
        using var slot = SlotOpening.TryOpen(_rig.Settings, 1234, slotLock: null)!;
        slot.Append();

        Assert.Null(slot.Ring.Path);
        Assert.Empty(_rig.Left);
    }

    [Fact]
    public void A_living_writer_is_left_alone_by_who_looks_for_rings_elsewhere()
    {
        using var slot = WriterSlot.Open(_rig.Settings);
        slot.Append(3);
        File.Delete(SlotLocks.PathOf(_rig.Settings.Base, 1));

        using var other = WriterSlot.Open(_rig.Elsewhere);

        Assert.Equal(2, other.Number);
        Assert.True(slot.TryKeepHeld());
    }

    [Fact]
    public void A_slot_whose_ring_is_there_and_cannot_be_opened_is_left_to_its_user_aloud()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Append(5);
        dead.Forget();
        var ring = dead.Ring.Path!;
        File.Move(ring, ring + ".kept");
        File.CreateSymbolicLink(ring, ring);
        var told = new List<string>();

        using (var other = WriterSlot.Open(_rig.Settings))
        {
            Assert.Equal(2, other.Number);
            Assert.Equal(0, SlotTakeOver.Run(_rig.Settings, other.Number, _ => { }, exception => told.Add(exception.Message)));
        }

        Assert.Contains(ring, Assert.Single(told), StringComparison.Ordinal);
        File.Delete(ring);
        File.Move(ring + ".kept", ring);
        using var next = WriterSlot.Open(_rig.Settings);
        Assert.Equal(5, next.Start.Recovered);
    }

    [Fact]
    public void A_slot_whose_lock_another_process_keeps_is_lost()
    {
        using var slot = WriterSlot.Open(_rig.Settings);
        File.Delete(SlotLocks.PathOf(_rig.Settings.Base, 1));
        using var thief = DiskFileLock.TryTake(SlotLocks.PathOf(_rig.Settings.Base, 1));

        Assert.True(slot.TryKeepHeld(), "whoever only looks lets go at once");
        _rig.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.False(slot.TryKeepHeld());
    }
}
