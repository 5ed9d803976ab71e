using System.Globalization;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>A writer dies before its slot's state says that it has begun, and another one, who does not see its ring, begins at the same position.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S4.9")]
public sealed class StrandedTwinsSpec : StrandedPlaces
{
    private const int BufferBytes = 64 * 1024;

    private int _there;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void What_is_left_here_comes_to_the_log_beside_what_the_other_has_written_there(int there)
    {
        EndHere(2);
        DieBeforeTheStateSaysSo(Here, 3);
        In(There, slot =>
        {
            RecordThere(slot, there);
            slot.Write();
            slot.Log.Sync();
            slot.Release();
        });

        StartAndEnd(Here);

        AssertWhole(there);
    }

    [Fact]
    public void While_the_other_lives_it_comes_through_another_slot()
    {
        EndHere(2);
        DieBeforeTheStateSaysSo(Here, 3);
        using var living = OpenThere();
        RecordThere(living, 1);
        living.Write();

        StartAndEnd(Here);
        RecordThere(living, 1);
        living.Write();
        living.Log.Sync();
        living.Release();

        AssertWhole(there: 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_both_died_with_all_in_their_rings_whoever_comes_first_writes_over_nothing_of_the_other(bool isTheOtherFirst)
    {
        EndHere(2);
        DieBeforeTheStateSaysSo(Here, 3);
        In(There, slot =>
        {
            RecordThere(slot, 2);
            slot.Forget();
        });

        foreach (var place in isTheOtherFirst ? [There, Here, There] : new[] { Here, There, Here })
        {
            StartAndEnd(place);
        }

        AssertWhole(there: 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void What_the_other_has_written_there_makes_no_less_of_what_went_with_a_ring_of_an_earlier_boot(int there)
    {
        EndHere(2);
        DieBeforeTheStateSaysSo(Here, 5);
        In(There, slot =>
        {
            RecordThere(slot, there);
            slot.Write();
            slot.Log.Sync();
            slot.Release();
        });
        var ring = Assert.Single(Directory.GetFiles(Rings));
        var aside = Path.ChangeExtension(ring, null) + "-0123456789abcdef.left";
        File.Move(ring, aside);
        Overwrite(aside, RingFactory.BootId.ToByteArray(), EarlierBoot);

        Assert.Equal(0, Bring());

        Assert.Empty(Directory.GetFiles(Rings));
        Assert.InRange(Assert.Single(new BroughtRings(Here.Files, Here.Base.Path).Read()).Lost, 5, 7);
    }

    // The other's ids are its own.
    private void RecordThere(WriterSlot slot, int events)
    {
        for (var count = 0; count < events; count++)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"there\",\"details\":{{}},\"id\":\"bbbbbbbbbbb-{++_there:00000000000000}\"}}\n");
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded(System.Text.Encoding.UTF8.GetBytes(line), 1, mayWait: false));
        }
    }

    private void EndHere(int events)
    {
        using var first = WriterSlot.Open(Here);
        first.BeginTracking(Here);
        Record(first, events);
        first.Write();
        first.Log.Sync();
    }

    private void DieBeforeTheStateSaysSo(SlotSettings place, int events)
    {
        var dead = WriterSlot.Open(place, notesBegin: false);
        Record(dead, events);
        dead.Forget();
        WriteAsAnotherProcess(dead.Ring.Path!, dead.Ring.Writer!);
    }

    // All writers of a spec are one process: that of this ring was another one.
    private static void WriteAsAnotherProcess(string ring, string writer) => Overwrite(ring, System.Text.Encoding.ASCII.GetBytes(writer), "aaaaaaaaaaa"u8);

    private void StartAndEnd(SlotSettings place) => In(place, slot =>
    {
        Bring(place);
        slot.Release();
    });

    // Whoever is in one place sees none of the rings of the other.
    private void In(SlotSettings place, Action<WriterSlot> act)
    {
        var hidden = place == Here ? There.Placement.Directory! : Rings;
        Directory.Move(hidden, hidden + ".away");
        var slot = WriterSlot.Open(place);
        slot.BeginTracking(place);
        act(slot);
        Directory.Move(hidden + ".away", hidden);
    }

    private void AssertWhole(int there)
    {
        Assert.Equal([1L, 2L, 3L, 4L, 5L], Told().Order());
        Assert.Equal(there, Lines().Count(line => line.Event == "there"));
        Assert.Equal(5 + there, ReadByPosition());
        WholeLog.Balances(Here.Base.Path, DropReason.InDoubt);
        Assert.Empty(Directory.GetFiles(Rings).Concat(Directory.GetFiles(There.Placement.Directory!)));
    }

    // As sinks read: where two lines stood at one position, only one of them would be found.
    private long ReadByPosition() => new LogFolder(Here.Files, Here.Base.Path, null, slot: 1).AllSlots().Sum(slot =>
    {
        var folder = new LogFolder(Here.Files, Here.Base.Path, null, slot);
        var index = LogRecovery.Recover(folder).Index;
        var buffer = new byte[BufferBytes];
        var (events, at) = (0L, index.Stretches.MinBy(stretch => stretch.Start.Position)!.Start);
        while (LogReader.TryRead(folder, index, at, int.MaxValue, buffer) is { } read)
        {
            events += read.End.Ordinal - read.Start.Ordinal;
            at = read.End;
        }

        return events;
    });
}
