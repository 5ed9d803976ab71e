using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.Tests.Engine;
using Xunit;

namespace TelemetryActors.Slots;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S4.9")]
public sealed class OpeningDeathSpec : IDisposable
{
    private const int MostChanges = 40;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("death-");

    public void Dispose() => _root.Delete(recursive: true);

    private SlotSettings Settings(int turn)
    {
        var root = _root.CreateSubdirectory($"{turn}").FullName;
        var rings = Directory.CreateDirectory(Path.Combine(root, "rings")).FullName;
        return new SlotSettings(
            new BaseFolder(Path.Combine(root, "base"), "spec"), DiskFileSystem.Instance, new ManualTime(), new LogOptions(), new RingPlacement(rings, "spec"), 16 * 1024, TimeSpan.Zero);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_dies_at_any_file_call_of_taking_over_a_ring_leaves_every_event_once(bool isLogBegun)
    {
        for (var changes = 0; changes < MostChanges; changes++)
        {
            var settings = Settings(changes);
            var dead = WriterSlot.Open(settings);
            if (isLogBegun)
            {
                dead.Append(2);
                dead.Write();
            }

            dead.Append(3);
            dead.Forget();

            var disk = new DyingFileSystem(settings.Files, changes);
            Die(() => WriterSlot.Open(settings with { Files = disk }).Forget());

            AssertWhole(settings, isLogBegun ? 5 : 3);
            if (!disk.IsDead)
            {
                return;
            }
        }

        Assert.Fail($"an opening takes more than {MostChanges} changes");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void So_does_who_dies_at_any_file_call_of_its_end(bool isWritten)
    {
        for (var changes = 0; changes < MostChanges; changes++)
        {
            var settings = Settings(changes);
            var disk = new DyingFileSystem(settings.Files, int.MaxValue);
            var slot = WriterSlot.Open(settings with { Files = disk });
            slot.Append(3);
            if (isWritten)
            {
                slot.Write();
                slot.Log.Sync();
            }

            disk.DieAfter(changes);
            Die(() => slot.Release());
            slot.Forget();

            AssertWhole(settings, 3);
            if (!disk.IsDead)
            {
                return;
            }
        }

        Assert.Fail($"an end takes more than {MostChanges} changes");
    }

    [Fact]
    public void What_a_lost_ring_held_stays_in_doubt_when_the_one_who_found_that_dies_before_its_state_says_so()
    {
        var settings = Settings(0);
        var dead = WriterSlot.Open(settings);
        dead.Write(3);
        dead.Append(2);
        var tail = dead.Ring.Tail;
        dead.Forget();
        var sink = Path.Combine(settings.Base.SinkStates, "other.json");
        File.WriteAllText(sink, $$"""[{"stream":"{{tail.Stream}}","position":{{tail.Position}},"ordinal":{{tail.Ordinal}}}]""");
        File.Delete(dead.Ring.Path!);
        Die(() => WriterSlot.Open(settings with { Files = new DyingFileSystem(settings.Files, 0) }).Forget());

        using var next = WriterSlot.Open(settings);
        next.Write(1);
        File.Delete(sink);

        Assert.True(next.Start.InDoubt, "nobody was told");
        Assert.Equal([0, 1, 2, 5], next.ReadAll());
        Assert.Equal(2, WholeLog.Balances(settings.Base.Path, DropReason.InDoubt));
    }

    [Fact]
    public void A_ring_in_another_place_goes_with_who_comes_after_the_one_that_had_emptied_it()
    {
        var settings = Settings(0);
        var elsewhere = new RingPlacement(_root.CreateSubdirectory("other rings").FullName, "spec");
        var dead = WriterSlot.Open(settings with { Placement = elsewhere });
        dead.Write(3);
        dead.Log.Sync();
        Assert.True(dead.TrySaveState(isClean: true));
        dead.Forget();

        AssertWhole(settings, 3);

        Assert.False(File.Exists(dead.Ring.Path));
    }

    private static void Die(Action act)
    {
        try
        {
            act();
        }
        catch (IOException)
        {
            // The process was killed.
        }
    }

    // What the next writer finds: each event once, in order, and none of its positions in doubt.
    private static void AssertWhole(SlotSettings settings, int events)
    {
        using var next = WriterSlot.Open(settings);
        next.Append(1);
        next.Write();

        Assert.Equal(Enumerable.Range(0, events + 1).Select(number => (long)number), next.Written());
        Assert.Equal((events + 1L, false), (next.Ring.Tail.Ordinal, next.Start.InDoubt));
    }
}
