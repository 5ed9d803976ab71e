using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>What someone does to the log's files by hand costs what he has touched, and nothing else.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S0.32")]
[Trait("Feature", "S4.9")]
public sealed class EditedLogSpec : IDisposable
{
    private readonly SlotRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Where_lines_were_taken_out_of_a_dead_writers_file_the_ring_does_not_write_again_what_is_left()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Write(9);
        dead.Forget();
        TakeOutLine(Assert.Single(_rig.LogFiles), 3);

        using var next = WriterSlot.Open(_rig.Settings);
        next.Write(1);

        Assert.Equal([0, 1, 3, 4, 5, 6, 7, 8, 9], next.ReadAll());
        Assert.Equal(10, next.Ring.Tail.Ordinal);
    }

    [Fact]
    public void An_event_that_is_destroyed_behind_a_reader_takes_none_of_those_before_him_along()
    {
        var before = WriterSlot.Open(_rig.Settings);
        before.Write(5);
        var half = new byte[1024];
        var read = before.Source.Read(before.Log.Index.Oldest!.Start, 3, half);
        _rig.Time.Advance(TimeSpan.FromDays(1));
        before.Write(1);
        before.Log.Sync();
        before.Release();
        File.Delete(before.Folder.StateFile);
        var destroyed = File.ReadAllText(_rig.LogFiles[0]).IndexOf("\"n\":1", StringComparison.Ordinal);
        WriteOver(_rig.LogFiles[0], "\u0001", destroyed);

        using var next = WriterSlot.Open(_rig.Settings);

        var buffer = new byte[1024];
        var rest = next.Source.Read(read.End, 10, buffer);
        Assert.Equal((3L, 5L), (rest.Start.Ordinal, rest.End.Ordinal));
        Assert.Contains("\"n\":4", System.Text.Encoding.UTF8.GetString(buffer, 0, rest.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Nor_does_it_where_the_ring_has_lost_what_came_behind_them()
    {
        var before = WriterSlot.Open(_rig.Settings);
        before.Write(5);
        var read = before.Source.Read(before.Log.Index.Oldest!.Start, 3, new byte[1024]);
        before.Ring.Overwrites = true;
        before.Append(400);
        before.Forget();
        WriteOver(Assert.Single(_rig.LogFiles), "\u0001", File.ReadAllText(Assert.Single(_rig.LogFiles)).IndexOf("\"n\":1", StringComparison.Ordinal));
        _rig.Files.IsFull = true;

        using var next = WriterSlot.Open(_rig.Settings);

        var withoutAnchor = ReadOn(next, read.End);
        _rig.Files.IsFull = false;
        next.Write();
        var withAnchor = ReadOn(next, read.End);
        Assert.True(next.Start.Lost > 0, "the ring has lost some");
        Assert.Equal([3, 4], withoutAnchor[..2]);
        Assert.Equal([3, 4], withAnchor[..2]);
        Assert.Equal(404, withAnchor[^1]);
    }

    [Fact]
    public void An_exactly_full_ring_brings_its_first_event_to_a_log_whose_file_was_made_shorter()
    {
        var dead = WriterSlot.Open(_rig.Settings);
        dead.Write(9);
        Fill(dead);
        var accepted = Enumerable.Range(0, (int)dead.Ring.Tail.Ordinal).Select(number => (long)number);
        Assert.Equal(dead.Ring.Head, dead.Ring.Floor);
        dead.Forget();
        TakeOutLine(Assert.Single(_rig.LogFiles), 3);

        using var next = WriterSlot.Open(_rig.Settings);

        Assert.Equal([.. accepted.Where(number => number != 2)], next.ReadAll());
    }

    [Fact]
    public void Who_comes_from_an_edited_file_gets_no_half_a_line_from_the_ring()
    {
        using var slot = WriterSlot.Open(_rig.Settings);
        slot.Write(5);
        slot.Append(2);
        var buffer = new byte[1024];
        var within = slot.Log.Written with { Position = slot.Log.Written.Position + 10 };

        var read = slot.Source.Read(within, 1, buffer);

        Assert.Equal(6, Lines.NumberOf(buffer.AsMemory(0, read.Bytes - 1)));
        Assert.Equal((6L, 7L, DropReason.Missing), (read.Start.Ordinal, read.End.Ordinal, read.GoneReason));
    }

    [Fact]
    public void A_file_whose_beginning_was_overwritten_is_read_from_there_on_where_the_state_knows_it()
    {
        var before = WriterSlot.Open(_rig.Settings);
        before.Write(5);
        before.Log.Sync();
        before.Release();
        var anchor = File.ReadLines(Assert.Single(_rig.LogFiles)).First().Length;
        WriteOver(Assert.Single(_rig.LogFiles), new string('x', anchor + 10));

        using var next = WriterSlot.Open(_rig.Settings);
        next.Write(1);

        Assert.Equal([1, 2, 3, 4, 5], next.ReadAll());
        Assert.Equal(6, next.Ring.Tail.Ordinal);
    }

    // Until it holds not a byte more, and all of it is what the log does not have.
    private static void Fill(WriterSlot slot)
    {
        const int Longest = 1024;
        for (var room = Room(slot); room > 0; room = Room(slot))
        {
            var length = room > 2 * Longest ? Longest : room > Longest ? room / 2 : room;
            byte[] line = [.. Lines.Event(slot.Ring.Tail.Ordinal)];
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded([.. line[..^1], .. System.Text.Encoding.ASCII.GetBytes(new string(' ', (int)length - line.Length - 1)), .. "}\n"u8], 1, mayWait: false));
        }
    }

    private static long Room(WriterSlot slot) => slot.Ring.Head + slot.Ring.Capacity - slot.Ring.Tail.Position;

    private static long[] ReadOn(WriterSlot slot, Cursor from)
    {
        var buffer = new byte[64 * 1024];
        var numbers = new List<long>();
        for (var cursor = from; slot.Source.Read(cursor, 1, buffer) is { Bytes: > 0 } read; cursor = read.End)
        {
            numbers.Add(Lines.NumberOf(buffer.AsMemory(0, read.Bytes - 1)));
            Assert.True(read.End.Ordinal <= slot.Ring.Tail.Ordinal, "no cursor passes the tail");
        }

        return [.. numbers];
    }

    private static void TakeOutLine(string path, int index) =>
        File.WriteAllText(path, string.Concat(File.ReadLines(path).Where((_, at) => at != index).Select(line => line + "\n")));

    private static void WriteOver(string path, string text, long offset = 0)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, System.Text.Encoding.ASCII.GetBytes(text), offset);
    }
}
