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
