using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>Rings that cannot be brought at the first try, and rings that only a closer look finds.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S4.9")]
public sealed class StrandedRingRetriesSpec : StrandedPlaces
{
    [Fact]
    public void A_start_without_room_for_a_second_ring_does_not_hold_the_one_that_is_to_be_brought()
    {
        DieHere(2, 3);
        EndThere();

        using (var next = WriterSlot.Open(Here with { Files = new RoomlessFileSystem(Here.Files) }))
        {
            Assert.Null(next.Ring.Path);
            Assert.Equal(1, Bring());
        }

        Assert.Equal([1L, 2L, 3L, 4L, 5L], Told().Order());
    }

    [Fact]
    public void One_that_was_set_aside_before_the_machine_started_again_goes_and_what_it_held_is_noted_as_lost()
    {
        DieHere(2, 3);
        EndThere();
        WriterSlot.Open(Here).Release();
        var aside = Assert.Single(Directory.GetFiles(Rings, "*.left"));
        Overwrite(aside, RingFactory.BootId.ToByteArray(), EarlierBoot);

        Assert.Equal((0, 0), (Bring(), Bring()));

        Assert.Empty(Directory.GetFiles(Rings));
        var note = Assert.Single(new BroughtRings(Here.Files, Here.Base.Path).Read());
        Assert.Equal((1, 0L, 3L), (note.Slot, note.Events, note.Lost));
        Assert.EndsWith("up to 3 events are lost with it", note.Note, StringComparison.Ordinal);
        WholeLog.Balances(Here.Base.Path, TelemetryActors.Events.DropReason.InDoubt);
    }

    [Fact]
    public void One_that_was_set_aside_and_names_another_stream_than_its_file_is_left_alone()
    {
        DieHere(2, 3);
        EndThere();
        WriterSlot.Open(Here).Release();
        var aside = Assert.Single(Directory.GetFiles(Rings, "*.left"));
        var name = Path.GetFileName(aside);
        var renamed = Path.Combine(Rings, (name[0] == '1' ? '2' : '1') + name[1..]);
        File.Move(aside, renamed);

        Assert.Equal((0, 0), (Bring(), Bring()));

        Assert.Equal([renamed], Directory.GetFiles(Rings));
        Assert.Empty(new BroughtRings(Here.Files, Here.Base.Path).Read());
    }

    [Fact]
    public void A_full_disk_doubles_nothing_however_often_and_through_whichever_slot_it_is_tried()
    {
        DieHere(2, 3);
        using var living = OpenThere(events: 1);
        var disk = new FaultyFileSystem(Here.Files) { IsFull = true };
        var failures = new List<Exception>();
        var bringing = new StrandedRings(Here with { Files = disk }, EndRun, _ => { });
        using (WriterSlot.Open(Here))
        {
            bringing.BringAll(failures.Add);
        }

        bringing.BringAll(failures.Add);
        disk.IsFull = false;
        Assert.Equal(2, failures.Count);

        SlotTakeOver.Run(Here, 0, _ => { }, exception => Assert.Fail(exception.ToString()));
        Assert.Equal(1, Bring());

        Assert.Equal([1L, 2L, 3L, 4L, 5L], Told().Order());
        Assert.Equal(0, WholeLog.Balances(Here.Base.Path));
        Assert.Empty(Directory.GetFiles(Rings));
    }

    [Fact]
    public void One_that_waits_for_its_next_try_puts_off_no_other()
    {
        DieHere(2, 3);
        using var living = OpenThere(events: 1);
        var disk = new FaultyFileSystem(Here.Files) { IsFull = true };
        var bringing = new StrandedRings(Here with { Files = disk }, EndRun, _ => { });
        var time = new ManualTime();
        var pauses = new BringingPauses(time);
        var failures = new List<Exception>();
        bringing.BringAll(failures.Add, pauses);
        disk.IsFull = false;
        Assert.Equal(0, bringing.BringAll(failures.Add, pauses));
        var waiting = Assert.Single(Directory.GetFiles(Rings, "*.left"));
        DieHere(0, 3);
        using var second = OpenThere(events: 1);

        Assert.Equal(1, bringing.BringAll(failures.Add, pauses));
        Assert.Equal([waiting], Directory.GetFiles(Rings, "*.left"));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, bringing.BringAll(failures.Add, pauses));
        Assert.Empty(Directory.GetFiles(Rings, "*.left"));
        Assert.Single(failures);
        Assert.Equal([1L, 2L, 3L, 4L, 5L, 7L, 8L, 9L], Told().Order());
    }

    [Fact]
    [Trait("Feature", "S4.5")]
    public void A_note_that_the_disk_does_not_take_ends_no_run_twice()
    {
        DieHere(0, 3, run: "20260301T120000Z-crawler-00000001");
        using var living = OpenThere(events: 1);
        var note = Path.Combine(Here.Base.State, "brought-rings.ndjson");
        Directory.CreateDirectory(note);
        var failures = new List<Exception>();
        for (var tries = 0; tries < 3; tries++)
        {
            new StrandedRings(Here, EndRun, _ => { }).BringAll(failures.Add);
        }

        Directory.Delete(note);
        Assert.Equal(3, failures.Count);
        Assert.Equal(1, Bring());

        Assert.Equal([1L, 2L, 3L], Told().Order());
        Assert.Single(Lines(), line => line.Event == "run_end");
    }

    [Fact]
    public void A_ring_whose_stream_its_slot_never_had_comes_to_the_log_as_well()
    {
        DieHere(0, 3, Here with { Files = new FaultyFileSystem(Here.Files) { IsFull = true } });
        using var living = OpenThere(events: 1);

        Assert.Equal(1, living.Number);
        Assert.Equal((1, 0), (Bring(), Bring()));

        Assert.Equal([1L, 2L, 3L], Told());
        Assert.Empty(Directory.GetFiles(Rings));
        Assert.Equal(3, Assert.Single(new BroughtRings(Here.Files, Here.Base.Path).Read()).Events);
    }

    [Fact]
    [Trait("Feature", "S0.33")]
    public void What_a_failed_fsync_was_for_is_brought_from_the_ring_though_a_file_shows_it()
    {
        var dead = WriterSlot.Open(Here);
        Record(dead, 2);
        dead.Write();
        dead.Ring.NoteFailedSync(new Cursor(dead.Ring.Stream, 0, 0));
        Record(dead, 3);
        dead.Forget();
        var doubtful = Told().Length;
        using var living = OpenThere(events: 1);
        var note = Path.Combine(Here.Base.State, "brought-rings.ndjson");
        Directory.CreateDirectory(note);
        var failures = new List<Exception>();
        new StrandedRings(Here, EndRun, _ => { }).BringAll(failures.Add);
        Directory.Delete(note);

        Assert.Single(failures);
        Assert.Equal(1, Bring());

        Assert.Equal(2, doubtful);
        Assert.Equal([1L, 1L, 2L, 2L, 3L, 4L, 5L], Told().Order());
    }

    // In order, and with its ring: nothing leads whoever comes next to another ring than the one that is here.
    private void EndThere()
    {
        var slot = OpenThere(events: 1);
        slot.Log.Sync();
        slot.Release();
        Assert.Empty(Directory.GetFiles(There.Placement.Directory!));
    }
}
