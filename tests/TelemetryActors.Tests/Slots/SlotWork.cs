using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>What a process does with its writer slot, without its threads: events are numbered by their ordinals.</summary>
internal static class SlotWork
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Accepts events.</summary>
    public static void Append(this WriterSlot slot, int events = 1)
    {
        for (var count = 0; count < events; count++)
        {
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded([.. Lines.Event(slot.Ring.Tail.Ordinal), (byte)'\n'], 1, mayWait: false));
        }
    }

    /// <summary>Accepts events and brings all that the log does not have to it, as its worker does.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="events">How many are new.</param>
    /// <param name="advances">Whether the ring hears of it; false: its process dies before.</param>
    public static void Write(this WriterSlot slot, int events = 0, bool advances = true)
    {
        slot.Append(events);
        var buffer = new byte[BufferBytes];
        var read = RingReader.TryRead(slot.Ring, slot.Log.Written, int.MaxValue, buffer)!.Value;
        slot.Log.Append(buffer.AsSpan(0, read.Bytes), read.Start, read.End);
        if (advances)
        {
            slot.Ring.AdvanceHead(read.End.Position);
        }
    }

    /// <summary>The numbers of the events that the log's files hold, in order, over positions that were jumped over.</summary>
    public static long[] Written(this WriterSlot slot) => Numbers(slot, (cursor, buffer) =>
        LogReader.TryRead(slot.Folder, slot.Log.Index, cursor, 1, buffer)
        ?? (slot.Log.Index.NextAfter(cursor.Position) is { } next ? LogReader.TryRead(slot.Folder, slot.Log.Index, next.Start, 1, buffer) : null));

    /// <summary>The numbers of the events that a sink reads from the oldest one on, in order.</summary>
    public static long[] ReadAll(this WriterSlot slot) => Numbers(slot, (cursor, buffer) => slot.Source.Read(cursor, 1, buffer));

    private static long[] Numbers(WriterSlot slot, Func<Cursor, byte[], EventRead?> tryRead)
    {
        var buffer = new byte[BufferBytes];
        var numbers = new List<long>();
        var cursor = slot.Log.Index.Oldest!.Start;
        while (tryRead(cursor, buffer) is { Bytes: > 0 } read)
        {
            numbers.Add(Lines.NumberOf(buffer.AsMemory(0, read.Bytes - 1)));
            cursor = read.End;
        }

        return [.. numbers];
    }
}
