using System.Runtime.InteropServices;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Ring;

[Trait("Feature", "S1.18")]
public sealed unsafe class RingFactorySpec : IDisposable
{
    private const int Capacity = 4096;

    private static readonly StreamId Stream = new(7);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ring-");
    private RingMemory? _opened;

    private string File => Path.Combine(_root.FullName, "one.ring");

    public void Dispose()
    {
        _root.Delete(recursive: true);
        GC.KeepAlive(_opened);
    }

    private EventRing Create(int events = 3)
    {
        var ring = new EventRing(RingFactory.Create(File, Capacity, new Cursor(Stream, 100, 5), 1, "/base"), TimeSpan.Zero) { Overwrites = true };
        for (var count = 0; count < events; count++)
        {
            Assert.Equal(DropReason.None, ring.AppendEncoded([.. new byte[999], (byte)'\n'], 1, mayWait: false));
        }

        return ring;
    }

    private RingMemory? Left() => RingFactory.TryOpenLeft(File, Stream);

    private RingHeader* Header()
    {
        _opened = RingMemory.TryOpen(File)!;
        return (RingHeader*)_opened.Start;
    }

    [Fact]
    public void A_ring_of_this_boot_goes_on_where_its_writer_died()
    {
        var dead = Create();

        var ring = new EventRing(Left()!, TimeSpan.Zero);

        Assert.Equal(new Cursor(Stream, 3100, 8), ring.Tail);
        Assert.Equal(1000, ring.Read(1100, new byte[1000]));
        Assert.NotEqual(dead.Instance, ring.Instance);
    }

    [Fact]
    public void A_ring_is_lost_when_it_is_surely_of_an_earlier_boot_or_damaged_and_while_nobody_can_tell_it_is_not()
    {
        Create();
        Assert.Null(Lost(RingFactory.BootId));
        Assert.Equal(new LostRing(new Cursor(Stream, 3100, 8), 100), Lost(Guid.NewGuid()));
        Assert.Null(Lost(Guid.Empty));
        Assert.Null(RingFactory.TryFindLost(File, new StreamId(8), "/base", Guid.NewGuid()));
        Assert.Null(RingFactory.TryFindLost(File, Stream, "/other", Guid.NewGuid()));

        Header()->Head = 4000;
        Assert.NotNull(Lost(RingFactory.BootId));
        Assert.NotNull(Lost(Guid.Empty));

        LostRing? Lost(Guid boot) => RingFactory.TryFindLost(File, Stream, "/base", boot);
    }

    [Fact]
    public void A_ring_of_another_boot_is_trusted_only_when_it_was_closed_clean()
    {
        var ring = Create();
        Header()->BootId = Guid.NewGuid();

        Assert.Null(Left());
        ring.MarkClean();
        Assert.NotNull(Left());
    }

    [FactNeeding("uname")]
    public void A_ring_whose_bytes_the_device_does_not_take_is_not_marked_as_closed_clean()
    {
        var memory = RingFactory.Create(File, Capacity, new Cursor(Stream, 100, 5), 1, "/base");
        var ring = new EventRing(memory, TimeSpan.Zero);
        Lock(memory.Start, isLocked: true);

        ring.MarkClean();
        var marked = Header()->ClosedClean;
        Lock(memory.Start, isLocked: false);
        ring.MarkClean();

        Assert.Equal((0, 1), (marked, Header()->ClosedClean));
    }

    // The kernel brings no page to its device, and forgets it, that is locked in memory.
    private static void Lock(byte* start, bool isLocked)
    {
        var change = (delegate* unmanaged<byte*, nint, int>)NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), isLocked ? "mlock" : "munlock");
        Assert.Equal(0, change(start, Environment.SystemPageSize));
    }

    [Fact]
    public void A_ring_of_another_stream_is_not_this_one()
    {
        Create();

        Assert.Null(RingFactory.TryOpenLeft(File, new StreamId(8)));
    }

    [Fact]
    public void A_ring_whose_numbers_cannot_be_is_not_trusted()
    {
        Create();
        var header = Header();

        header->Head = header->Tail + 1;
        Assert.Null(Left());
        header->Head = header->Begin;
        header->Claim = header->Tail + Capacity + 1;
        Assert.Null(Left());
        header->Claim = header->Tail;
        header->Magic = 0;
        Assert.Null(Left());
    }

    [Fact]
    public void A_claim_that_was_never_published_takes_the_oldest_bytes_with_it()
    {
        Create(events: 10);
        var header = Header();
        header->Claim = header->Tail + 700;

        var ring = new EventRing(Left()!, TimeSpan.Zero);

        Assert.Equal(10_100 + 700 - Capacity, ring.Floor);
        Assert.Equal(7100, RingReader.Oldest(ring).Position);
        ring.AppendEncoded([(byte)'\n'], 1, mayWait: false);
        Assert.Equal(10_100 + 700 - Capacity, ring.Floor);
    }

    [Fact]
    public void A_ring_is_made_anew_without_touching_the_one_that_someone_has_mapped()
    {
        var mapped = Create();

        RingFactory.Create(File, Capacity, new Cursor(new StreamId(8), 0, 0), 1, "/base");

        Assert.Equal(1000, mapped.Read(100, new byte[1000]));
        Assert.Equal(Stream, mapped.Tail.Stream);
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void The_circuit_that_a_rings_owner_tells_can_be_read_beside_it()
    {
        var ring = Create();
        Assert.Null(RingFactory.CircuitOf(File));
        var open = new CircuitRecord
        {
            State = CircuitState.Open,
            OpenUntil = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            FailuresInARow = 6,
            OpeningsInARow = 2,
            Cause = "no space",
            IsMisconfigured = true,
        };

        ring.Tell(open);
        Assert.Equal(open, RingFactory.CircuitOf(File));
        ring.Tell(open with { Cause = new string('ü', 1000) });
        Assert.Equal(new string('ü', 256), RingFactory.CircuitOf(File)!.Cause);
        ring.Tell(CircuitRecord.Closed);
        Assert.Equal(CircuitRecord.Closed, RingFactory.CircuitOf(File));
        Assert.Equal(3100, ring.Tail.Position);
    }

    [Fact]
    public void A_circuit_whose_owner_died_while_it_told_is_not_told()
    {
        Create().Tell(CircuitRecord.Closed with { Cause = "whole" });
        var sequence = (int*)&Header()->Circuit;
        *sequence |= 1;

        Assert.Null(RingFactory.CircuitOf(File));
        new EventRing(Left()!, TimeSpan.Zero).Tell(CircuitRecord.Closed with { Cause = "again" });
        Assert.Equal("again", RingFactory.CircuitOf(File)!.Cause);
    }

    [Fact]
    public void A_short_or_foreign_file_is_no_ring()
    {
        System.IO.File.WriteAllText(File, "not a ring");

        Assert.Null(Left());
        Assert.Null(RingFactory.BaseDirectoryOf(File));
    }

    [Fact]
    public void A_place_that_cannot_be_used_gives_plain_memory()
    {
        var memory = RingFactory.Create(Path.Combine(_root.FullName, "no", "such", "directory"), Capacity, new Cursor(Stream, 0, 0), 1, "/base");

        Assert.Null(memory.Path);
        Assert.Equal(0, new EventRing(memory, TimeSpan.Zero).Tail.Position);
    }

    [Fact]
    public void Rings_of_others_are_neither_mapped_nor_in_the_way_when_one_that_was_left_is_looked_for()
    {
        string PathOf(ulong stream) => Path.Combine(_root.FullName, $"{new StreamId(stream)}-1.ring");
        RingFactory.Create(PathOf(8), Capacity, new Cursor(new StreamId(8), 0, 0), 1, "/other");
        RingFactory.Create(PathOf(9), Capacity, new Cursor(new StreamId(9), 0, 0), 1, "/base");
        System.IO.File.Copy(PathOf(8), PathOf(10));
        System.IO.File.WriteAllBytes(PathOf(11), new byte[10]);
        using var held = System.IO.File.Open(PathOf(10), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        var found = RingFactory.FindLeft(new RingPlacement(_root.FullName, "spec"), "/base", 1);

        Assert.Equal(new StreamId(9), found);
        Assert.Null(RingFactory.FindLeft(new RingPlacement(_root.FullName, "spec"), "/nobody", 1));
        Assert.DoesNotContain(System.IO.File.ReadLines("/proc/self/maps"), line => line.EndsWith(PathOf(10), StringComparison.Ordinal));
    }
}
