using System.Diagnostics;
using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Ring;

[Trait("Feature", "S1.18")]
public sealed class EventRingSpec
{
    private const int Capacity = 4096;

    private static readonly StreamId Stream = new(7);
    private static readonly EventScope Scope = new(null, null, null);

    private static EventRing Ring(TimeSpan maxWait = default, long capacity = Capacity, long begin = 0) =>
        new(RingFactory.Create(null, capacity, new Cursor(Stream, begin, begin / 10), 1, "/base"), maxWait);

    private static byte[] Line(int bytes, byte fill = (byte)'x')
    {
        var line = new byte[bytes];
        line.AsSpan().Fill(fill);
        line[^1] = (byte)'\n';
        return line;
    }

    private static DropReason Append(EventRing ring, int bytes, byte fill = (byte)'x') => ring.AppendEncoded(Line(bytes, fill), 1, mayWait: true);

    [Fact]
    public void What_was_appended_reads_back_across_the_rings_end()
    {
        var ring = Ring(begin: 4000);
        for (var turn = 0; turn < 50; turn++)
        {
            var at = ring.Tail;
            Assert.Equal(DropReason.None, Append(ring, 300, (byte)('a' + (turn % 26))));

            var buffer = new byte[400];
            Assert.Equal(300, ring.Read(at.Position, buffer));
            Assert.Equal(Line(300, (byte)('a' + (turn % 26))), buffer[..300]);
            Assert.Equal(new Cursor(Stream, at.Position + 300, at.Ordinal + 1), ring.Tail);
            ring.AdvanceHead(ring.Tail.Position);
        }
    }

    [Fact]
    public void A_full_ring_refuses_until_the_log_has_made_room()
    {
        var ring = Ring();
        for (var count = 0; count < 4; count++)
        {
            Append(ring, 1024);
        }

        Assert.Equal(DropReason.RingFull, Append(ring, 1));
        ring.AdvanceHead(1024);
        Assert.Equal(DropReason.None, Append(ring, 1024));
        Assert.Equal(DropReason.RingFull, Append(ring, 1024));
    }

    [Fact]
    public void A_stall_is_waited_for_once_and_not_by_every_call()
    {
        var wait = TimeSpan.FromMilliseconds(100);
        var ring = Ring(wait);
        Append(ring, Capacity);

        var watch = Stopwatch.StartNew();
        Assert.Equal(DropReason.RingFull, Append(ring, 10));
        var first = watch.Elapsed;
        for (var call = 0; call < 1000; call++)
        {
            Assert.Equal(DropReason.RingFull, Append(ring, 10));
        }

        Assert.True(first >= wait, $"the first call waited {first}");
        Assert.True(watch.Elapsed - first < TimeSpan.FromSeconds(5), $"a thousand calls more took {watch.Elapsed - first}");
    }

    [Fact]
    public void A_caller_that_waits_goes_on_when_there_is_room()
    {
        var ring = Ring(TimeSpan.FromSeconds(20));
        Append(ring, Capacity);
        var result = DropReason.Invalid;
        var caller = new Thread(() => result = Append(ring, 10));
        caller.Start();

        ring.AdvanceHead(100);
        caller.Join();

        Assert.Equal(DropReason.None, result);
    }

    [Fact]
    public void The_pipelines_own_events_never_wait()
    {
        var ring = Ring(TimeSpan.FromHours(1));
        Append(ring, Capacity);

        Assert.Equal(DropReason.RingFull, ring.AppendEncoded(Line(10), 1, mayWait: false));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public unsafe void Who_may_not_wait_is_held_up_by_a_busy_lock_no_longer_than_by_a_stalled_one(bool mayWait)
    {
        // Ten rings, because who has waited in vain for one says so to all others.
        var memories = Enumerable.Range(0, 10).Select(_ => RingFactory.Create(null, Capacity, new Cursor(Stream, 0, 0), 1, "/base")).ToList();
        var rings = memories.Select(memory => new EventRing(memory, TimeSpan.Zero)).ToList();
        memories.ForEach(memory => memory.Own->Lock = 1);
        var isOver = false;
        var others = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                memories.ForEach(memory => Interlocked.Increment(ref ((RingHeader*)memory.Start)->Tail));
            }
        });
        others.Start();

        var watch = Stopwatch.StartNew();
        var answers = rings.Select(ring => ring.AppendEncoded(Line(10), 1, mayWait)).ToList();
        var waited = watch.Elapsed;

        Volatile.Write(ref isOver, true);
        others.Join();
        Assert.All(answers, answer => Assert.Equal(DropReason.RingFull, answer));
        Assert.True(waited < TimeSpan.FromSeconds(5), $"ten calls took {waited}");
    }

    [Fact]
    public void While_the_log_is_open_the_oldest_bytes_are_overwritten_and_a_late_reader_knows_it()
    {
        var ring = Ring();
        ring.Overwrites = true;
        for (var count = 0; count < 10; count++)
        {
            Assert.Equal(DropReason.None, Append(ring, 1000));
        }

        Assert.Equal(10_000 - Capacity, ring.Floor);
        Assert.Equal(-1, ring.Read(0, new byte[100]));
        Assert.Null(RingReader.TryRead(ring, new Cursor(Stream, 0, 0), 10, new byte[2000]));
        Assert.True(RingReader.Oldest(ring) is { Position: >= 6000 and < 10_000 } oldest && oldest.Ordinal == oldest.Position / 1000);
    }

    [Fact]
    public void A_closed_ring_refuses_and_stays_readable()
    {
        var ring = Ring();
        Append(ring, 100);
        ring.Close();

        Assert.Equal(DropReason.Disabled, Append(ring, 100));
        Assert.Equal(100, ring.Read(0, new byte[100]));
    }

    [Fact]
    public void A_waiter_is_woken_once_at_what_it_waits_for()
    {
        var ring = Ring();
        var woken = 0;
        var waiter = new RingWaiter(() => woken++);

        Assert.True(ring.Arm(waiter, long.MaxValue, 2));
        Append(ring, 10);
        Assert.Equal(0, woken);
        Append(ring, 10);
        Append(ring, 10);
        Assert.Equal(1, woken);
        Assert.False(ring.Arm(waiter, long.MaxValue, 3));
    }

    [Fact]
    public void A_reader_that_rests_is_not_woken_again_and_again_while_the_log_is_behind()
    {
        var ring = Ring();
        Append(ring, Capacity / 2);
        var woken = 0;
        using var subscription = new RingSignal(() => ring).Subscribe(() => woken++);

        subscription.WakeAt(long.MaxValue);
        Assert.Equal(0, woken);
        ring.Overwrites = true;
        Append(ring, Capacity / 8);
        Assert.Equal(0, woken);
        Append(ring, Capacity / 8);
        Assert.Equal(1, woken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Many_producers_and_a_reader_see_no_torn_line_and_ids_in_the_order_of_positions(bool overwrites)
    {
        const int Producers = 4;
        const int Each = 20_000;
        var ring = Ring(TimeSpan.FromSeconds(20), capacity: 64 * 1024);
        ring.Overwrites = overwrites;
        var producers = Enumerable.Range(0, Producers).Select(number => new Thread(() => Produce(ring, (byte)('a' + number), Each))).ToList();

        producers.ForEach(producer => producer.Start());
        var (events, torn, unordered) = ReadAll(ring, Producers * Each);
        producers.ForEach(producer => producer.Join());

        Assert.Equal((0, 0), (torn, unordered));
        Assert.True(overwrites ? events > 0 : events == Producers * Each, $"{events} events were read");
    }

    private static void Produce(EventRing ring, byte fill, int events)
    {
        var random = new Random(fill);
        for (var count = 0; count < events; count++)
        {
            var line = Line(random.Next(60, 400), fill);
            while (ring.Append(line, Scope) != DropReason.None)
            {
                // On a busy machine the lock's holder may lose its processor for longer than the limit.
                Thread.Yield();
            }
        }
    }

    private static (int Events, int Torn, int Unordered) ReadAll(EventRing ring, long last)
    {
        var buffer = new byte[16 * 1024];
        var (events, torn, unordered, highest) = (0, 0, 0, "");
        var cursor = ring.Tail with { Position = 0, Ordinal = 0 };
        while (cursor.Ordinal < last)
        {
            if (RingReader.TryRead(ring, cursor, int.MaxValue, buffer) is not { } read)
            {
                cursor = RingReader.Oldest(ring);
                continue;
            }

            foreach (var range in System.Text.Encoding.ASCII.GetString(buffer, 0, read.Bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                events++;
                var id = range[^(EventScope.IdFromEnd - 1)..];
                torn += range[..^(EventScope.IdFromEnd - 1)].AsSpan().ContainsAnyExcept(range[0]) ? 1 : 0;
                unordered += string.CompareOrdinal(id[..EventId.Width], highest) <= 0 ? 1 : 0;
                highest = id[..EventId.Width];
            }

            ring.AdvanceHead(read.End.Position);
            cursor = read.End;
        }

        return (events, torn, unordered);
    }
}
