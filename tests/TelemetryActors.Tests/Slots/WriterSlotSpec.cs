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
    private readonly SlotRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Writers_have_slots_of_their_own_and_give_them_back()
    {
        var first = WriterSlot.Open(_rig.Settings);
        var second = WriterSlot.Open(_rig.Settings);

        Assert.Equal((1, 2), (first.Number, second.Number));
        first.Release();
        second.Release();

        Assert.Empty(_rig.Left);
    }

    [Fact]
    public void A_ring_that_is_not_in_the_log_stays_for_the_next_writer_who_brings_it_there()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Append(5);
        dead.Release();

        using var next = WriterSlot.Open(_rig.Settings);

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
            var before = WriterSlot.Open(_rig.Settings);
            before.Append(2);
            before.Release();
            WriterSlot.Open(_rig.Settings).Release();
        }

        var killed = WriterSlot.Open(_rig.Settings, notesBegin: false);
        killed.Append(5);
        var tail = killed.Ring.Tail;
        killed.Forget();

        using var next = WriterSlot.Open(_rig.Settings);

        Assert.Equal((1, 5L, 0L, false), (next.Number, next.Start.Recovered, next.Start.Lost, next.Start.InDoubt));
        Assert.Equal((tail, true), (next.Ring.Tail, next.Start.IsOfDeadWriter));
    }

    [Fact]
    public void A_slot_that_is_to_say_later_that_it_has_begun_writes_no_state_unless_the_last_ring_is_in_doubt()
    {
        var later = WriterSlot.Open(_rig.Settings, notesBegin: false);
        var wroteAtOnce = File.Exists(later.Folder.StateFile);
        later.TrySaveState(isClean: false);
        later.Append();
        later.Forget();
        File.Delete(later.Ring.Path!);
        var said = File.ReadAllText(later.Folder.StateFile);

        using var next = WriterSlot.Open(_rig.Settings, notesBegin: false);

        Assert.Equal((false, true), (wroteAtOnce, next.Start.InDoubt));
        Assert.NotEqual(said, File.ReadAllText(next.Folder.StateFile));
    }

    [Fact]
    public void A_full_disk_keeps_the_ring_and_what_it_holds_until_there_is_room()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Append(5);
        dead.Release();
        _rig.Files.IsFull = true;

        var refused = WriterSlot.Open(_rig.Settings);
        refused.Append();
        refused.Release();
        _rig.Files.IsFull = false;
        using var next = WriterSlot.Open(_rig.Settings);

        Assert.Equal(6, next.Start.Recovered);
        Assert.Equal(6, next.Ring.Tail.Ordinal);
    }

    [Fact]
    public void A_lost_ring_makes_positions_go_on_far_above_and_ordinals_behind_what_is_known()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Append(5);
        dead.Release();
        Array.ForEach(Directory.GetFiles(_rig.Settings.Placement.Directory!), File.Delete);

        using var next = WriterSlot.Open(_rig.Settings);

        Assert.True(next.Start.InDoubt);
        Assert.Equal(PositionJump.Step, next.Ring.Tail.Position);
    }

    [Fact]
    public void A_sink_ahead_of_a_clean_end_makes_positions_jump_as_well()
    {
        var first = WriterSlot.Open(_rig.Settings);
        var stream = first.Ring.Stream;
        first.Release();
        File.WriteAllText(Path.Combine(_rig.Settings.Base.SinkStates, "other.json"), $$"""[{"stream":"{{stream}}","position":700,"ordinal":9}]""");

        using var next = WriterSlot.Open(_rig.Settings);

        Assert.Equal((PositionJump.Step, 9L), (next.Ring.Tail.Position, next.Ring.Tail.Ordinal));
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void An_fsync_that_fails_at_the_take_over_is_made_good_from_the_ring()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Append(5);
        dead.Write();
        dead.Forget();
        _rig.Files.FailSync(1);

        using var next = WriterSlot.Open(_rig.Settings);

        Assert.Equal([6, 6], _rig.LogFiles.Select(path => File.ReadAllLines(path).Length));
        Assert.Equal((next.Ring.Tail.Position, 0L), (next.Log.Synced, next.Log.InDoubt));
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void A_writer_that_dies_after_a_failed_fsync_leaves_word_of_it_in_its_ring()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Append(2);
        dead.Write();
        dead.Log.Sync();
        dead.Append(3);
        dead.Write();
        _rig.Files.FailSync(1);
        Assert.Throws<IOException>(dead.Log.Sync);
        dead.Forget();

        using var next = WriterSlot.Open(_rig.Settings);

        Assert.Equal([4, 6], _rig.LogFiles.Select(path => File.ReadAllLines(path).Length));
        Assert.Equal(5, next.Ring.Tail.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void A_take_over_that_the_disk_refuses_cuts_nothing_that_others_may_be_reading()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Append(5);
        dead.Write(advances: false);
        dead.Forget();
        _rig.Files.IsFull = true;

        var refused = WriterSlot.Open(_rig.Settings);
        refused.Forget();
        _rig.Files.IsFull = false;

        Assert.Equal(6, File.ReadAllLines(Assert.Single(_rig.LogFiles)).Length);
        using var next = WriterSlot.Open(_rig.Settings);
        Assert.Equal(6, File.ReadAllLines(Assert.Single(_rig.LogFiles)).Length);
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void Programs_that_live_for_seconds_keep_their_log_within_its_bounds()
    {
        var settings = _rig.Settings with { Log = new LogOptions { MaxFileBytes = 2000, RetentionBytes = 6000 } };

        for (var program = 0; program < 20; program++)
        {
            using var slot = WriterSlot.Open(settings);
            slot.Append(20);
            slot.Write();
            slot.Log.Sync();
        }

        var raw = Path.Combine(settings.Base.Path, "raw");
        Assert.InRange(Directory.GetFiles(raw).Sum(path => new FileInfo(path).Length), 1, 9000);
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void A_dead_writers_ring_is_found_where_its_state_says_and_not_where_this_process_would_put_it()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Append(5);
        dead.Forget();

        using var next = WriterSlot.Open(_rig.Elsewhere);

        Assert.Equal((1, 5L, false), (next.Number, next.Start.Recovered, next.Start.InDoubt));
        Assert.False(File.Exists(dead.Ring.Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Feature", "S1.18")]
    public void A_ring_on_a_disk_elsewhere_outlives_a_reboot_when_it_was_closed_in_order(bool isClosed)
    {
        var left = WriterSlot.Open(_rig.Settings);
        left.Append(5);
        if (isClosed)
        {
            left.Release();
        }
        else
        {
            left.Forget();
        }

        Reboot.Pretend(left.Ring.Path!, left.Folder.StateFile);
        using var next = WriterSlot.Open(_rig.Elsewhere);

        Assert.Equal((1, isClosed ? 5L : 0, !isClosed), (next.Number, next.Start.Recovered, next.Start.InDoubt));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Feature", "S1.18")]
    public void A_file_whose_writer_may_live_on_without_its_ring_is_not_gone_on_with(bool isRebooted)
    {
        var frozen = WriterSlot.Open(_rig.Settings);
        frozen.Append(5);
        frozen.Write();
        frozen.Forget();
        File.Delete(frozen.Ring.Path!);
        if (isRebooted)
        {
            Reboot.Pretend(frozen.Ring.Path!, frozen.Folder.StateFile);
        }

        using var next = WriterSlot.Open(_rig.Settings);
        next.Append(5);
        next.Write();

        Assert.Equal(1, next.Number);
        Assert.Equal(isRebooted, frozen.Log.Index.Last!.File == next.Log.Index.Last!.File);
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void A_state_that_a_held_up_writer_saves_late_does_not_hide_what_another_one_has_begun()
    {
        var heldUp = WriterSlot.Open(_rig.Settings);
        heldUp.Append(3);
        var late = File.ReadAllText(heldUp.Folder.StateFile);
        heldUp.Forget();
        File.Delete(heldUp.Ring.Path!);
        File.Delete(heldUp.Folder.StateFile);
        var other = WriterSlot.Open(_rig.Settings);
        other.Append(5);
        other.Write();
        other.Append(2);
        other.Forget();
        File.WriteAllText(other.Folder.StateFile, late);

        using var next = WriterSlot.Open(_rig.Settings);

        Assert.Equal((other.Ring.Stream, 2L, 7L), (next.Ring.Stream, next.Start.Recovered, next.Log.Written.Ordinal));
    }

    [Fact]
    [Trait("Feature", "S1.18")]
    public void A_ring_that_others_have_gone_on_without_is_not_trusted_any_more()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Append(3);
        dead.Forget();
        var stale = dead.Ring.Path!;
        File.Copy(stale, stale + ".copy");
        using (var other = WriterSlot.Open(_rig.Settings))
        {
            other.Append(4);
            other.Write();
            other.Log.Sync();
        }

        File.Move(stale + ".copy", stale, overwrite: true);
        using var next = WriterSlot.Open(_rig.Settings);

        Assert.Equal((7L, 0L), (next.Ring.Tail.Ordinal, next.Start.Recovered));
    }

    [Fact]
    public void A_damaged_state_costs_a_scan_and_nothing_else()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Append(5);
        dead.Release();
        WriterSlot.Open(_rig.Settings).Release();
        File.WriteAllText(dead.Folder.StateFile, """{"version":1,"stream":"x","stretches":[{"file":null}]}""");

        using var next = WriterSlot.Open(_rig.Settings);

        Assert.Equal(dead.Ring.Stream, next.Ring.Stream);
        Assert.Equal(5, next.Ring.Tail.Ordinal);
    }
}
