using System.Globalization;
using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>Two places with ring directories of their own share one base directory; neither sees the other's rings.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S4.9")]
public sealed class StrandedRingsSpec : StrandedPlaces
{
    private const int MostChanges = 80;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void What_another_writer_went_on_without_comes_to_the_log_once_and_in_order_when_its_slot_is_taken_here_again(int logged)
    {
        DieHere(logged, 3);
        OpenThere(events: 1).Release();

        using (var next = WriterSlot.Open(Here))
        {
            Assert.Equal(1, next.Number);
            Assert.EndsWith(".left", Assert.Single(Directory.GetFiles(Rings), path => path != next.Ring.Path), StringComparison.Ordinal);
            Assert.Equal((1, 0), (Bring(), Bring()));
        }

        Assert.Equal(Enumerable.Range(1, logged + 3).Select(number => (long)number), Told().Order());
        Assert.Equal(logged + 4, Lines().Select(line => line.Id).Distinct().Count());
        Assert.Equal(0, WholeLog.Balances(Here.Base.Path));
        Assert.Empty(LeftBehind());
        var brought = Assert.Single(new BroughtRings(Here.Files, Here.Base.Path).Read());
        Assert.Equal((1, 3L, 0L, 2), (brought.Slot, brought.Events, brought.Lost, brought.To));
    }

    [Fact]
    public void So_does_what_is_left_in_a_slot_where_the_other_writer_lives_now()
    {
        DieHere(2, 3);
        using var living = OpenThere(events: 1);

        using (var next = WriterSlot.Open(Here))
        {
            Assert.Equal((1, 2), (living.Number, next.Number));
            Assert.Equal(1, Bring());
        }

        Record(living, 1, "there");
        living.Write();
        Assert.Equal([1L, 2L, 3L, 4L, 5L], Told().Order());
        Assert.True(living.TryKeepHeld());
    }

    [Fact]
    public void Who_dies_at_any_file_call_of_bringing_it_leaves_every_event_to_be_brought_once()
    {
        for (var changes = 0; changes < MostChanges; changes++)
        {
            Begin($"{changes}");
            DieHere(2, 3, run: "20260301T120000Z-crawler-00000001");
            using var living = OpenThere(events: 1);
            var disk = new DyingFileSystem(Here.Files, changes);
            new StrandedRings(Here with { Files = disk }, EndRun, _ => { }).BringAll(_ => { });

            SlotTakeOver.Run(Here, 0, _ => { }, exception => Assert.Fail(exception.ToString()));
            Bring();

            Assert.Equal([1L, 2L, 3L, 4L, 5L], Told().Order());
            Assert.Equal("run_end", Assert.Single(Lines().Where(line => line.RunId is not null), line => line.Event != "told").Event);
            Assert.Equal(0, WholeLog.Balances(Here.Base.Path));
            Assert.Empty(Directory.GetFiles(Rings));
            Assert.Single(new BroughtRings(Here.Files, Here.Base.Path).Read());
            if (!disk.IsDead)
            {
                Assert.InRange(changes, 8, MostChanges);
                return;
            }
        }

        Assert.Fail($"bringing takes more than {MostChanges} changes");
    }

    [Fact]
    public void A_ring_that_was_to_bring_another_ones_lines_and_was_stranded_itself_doubles_none()
    {
        for (var changes = 0; changes < MostChanges; changes++)
        {
            Begin($"{changes}");
            DieHere(2, 3);
            using var living = OpenThere(events: 1);
            var disk = new DyingFileSystem(Here.Files, changes);
            new StrandedRings(Here with { Files = disk }, EndRun, _ => { }).BringAll(_ => { });
            OutOfSight(() => SlotTakeOver.Run(There, 1, _ => { }, _ => { }));

            SlotTakeOver.Run(Here, 0, _ => { }, exception => Assert.Fail(exception.ToString()));
            Bring();

            Assert.Equal([1L, 2L, 3L, 4L, 5L], Told().Order());
            if (!disk.IsDead)
            {
                return;
            }
        }

        Assert.Fail($"bringing takes more than {MostChanges} changes");
    }

    [Fact]
    [Trait("Feature", "S4.5")]
    public void A_run_that_goes_on_there_is_ended_behind_its_events_and_one_that_ends_there_is_not_ended_again()
    {
        var dead = WriterSlot.Open(Here);
        Record(dead, 1, "run_start", "20260301T120000Z-crawler-00000001");
        Record(dead, 1, "run_start", "20260301T120000Z-crawler-00000002");
        dead.Write();
        Record(dead, 1, "told", "20260301T120000Z-crawler-00000001");
        Record(dead, 1, "told", "20260301T120000Z-crawler-00000002");
        Record(dead, 1, "run_end", "20260301T120000Z-crawler-00000002");
        dead.Ring.ForgetWriter();
        dead.Forget();
        using var living = OpenThere();

        Bring();

        var brought = Lines().Where(line => line.RunId is not null).Skip(2).Select(line => (line.Event, line.RunId![^1], line.RunSequence));
        Assert.Equal([("told", '1', 3), ("told", '2', 4), ("run_end", '2', 5), ("run_end", '1', null)], brought.Select(line => (line.Event, line.Item2, (int?)line.RunSequence)));
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void What_was_recorded_untracked_stays_untracked_where_it_comes_to_and_nothing_else_is()
    {
        DieHere(2, 3, Here with { IsUntracked = true });
        using var living = OpenThere(events: 1);
        DieHere(0, 1);

        Bring();

        Assert.Equal([1L, 2L, 3L, 4L, 5L, 7L], Told().Order());
        var stretch = Assert.Single(Enumerable.Range(2, 2).SelectMany(slot => new UntrackedStretches(Here.Files, Here.Base.Path, slot).Read()));
        Assert.Equal(3, stretch.To - stretch.From);
    }

    [Fact]
    public void A_ring_of_which_the_log_has_everything_goes_without_a_word()
    {
        var dead = WriterSlot.Open(Here);
        Record(dead, 3);
        dead.Write(advances: false);
        dead.Forget();
        using var living = OpenThere(events: 1);

        Assert.Equal(1, Bring());

        Assert.Equal([1L, 2L, 3L], Told());
        Assert.Empty(Directory.GetFiles(Rings));
        Assert.Empty(new BroughtRings(Here.Files, Here.Base.Path).Read());
    }

    [Fact]
    public void A_ring_that_its_slot_has_not_gone_on_without_and_one_of_another_base_directory_are_left_alone()
    {
        DieHere(2, 3);
        var before = Directory.GetFiles(Rings);

        Assert.Equal(0, Bring());
        Assert.Equal(0, Bring(Here with { Base = new BaseFolder(Path.Combine(Rings, "other"), "spec") }));

        Assert.Equal(before, Directory.GetFiles(Rings));
        using var next = WriterSlot.Open(Here);
        Assert.Equal(3, next.Start.Recovered);
    }
}
