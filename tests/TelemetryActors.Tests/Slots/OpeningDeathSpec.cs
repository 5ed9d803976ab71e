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
                Append(dead, 2);
                Write(dead);
            }

            Append(dead, 3);
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
            Append(slot, 3);
            if (isWritten)
            {
                Write(slot);
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
        Append(next, 1);
        Write(next);

        Assert.Equal(Enumerable.Range(0, events + 1).Select(number => (long)number), Numbers(next));
        Assert.Equal((events + 1L, false), (next.Ring.Tail.Ordinal, next.Start.InDoubt));
    }

    private static void Append(WriterSlot slot, int events)
    {
        for (var count = 0; count < events; count++)
        {
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded([.. Lines.Event(slot.Ring.Tail.Ordinal), (byte)'\n'], 1, mayWait: false));
        }
    }

    // Brings all that the log does not have to it, as its worker does.
    private static void Write(WriterSlot slot)
    {
        var buffer = new byte[16 * 1024];
        var read = RingReader.TryRead(slot.Ring, slot.Log.Written, int.MaxValue, buffer)!.Value;
        slot.Log.Append(buffer.AsSpan(0, read.Bytes), read.Start, read.End);
        slot.Ring.AdvanceHead(read.End.Position);
    }

    private static long[] Numbers(WriterSlot slot)
    {
        var buffer = new byte[16 * 1024];
        var numbers = new List<long>();
        var cursor = slot.Log.Index.Oldest!.Start;
        while (LogReader.TryRead(slot.Folder, slot.Log.Index, cursor, 1, buffer) is { Bytes: > 0 } read)
        {
            numbers.Add(Lines.NumberOf(buffer.AsMemory(0, read.Bytes - 1)));
            cursor = read.End;
        }

        return [.. numbers];
    }
}
