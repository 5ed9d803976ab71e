using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using Xunit;

namespace TelemetryActors.Slots;

[Trait("Feature", "S1.18")]
public sealed class SlotSourceSpec : IDisposable
{
    private readonly LogRig _rig = new(new LogOptions { MaxFileBytes = 4096 });
    private readonly byte[] _buffer = new byte[128 * 1024];

    public void Dispose() => _rig.Dispose();

    private SlotSource Source => new(_rig.Ring, _rig.Log, _rig.Folder);

    private static Cursor Begin => new(new StreamId(7), 0, 0);

    // Everything from a cursor on, and how much of it is gone for which reason.
    private (long Read, Dictionary<DropReason, long> Gone) ReadAll(Cursor from)
    {
        var gone = new Dictionary<DropReason, long>();
        var events = 0L;
        while (from != Source.Tail)
        {
            var read = Source.Read(from, int.MaxValue, _buffer);
            Assert.True(read.End.Position > from.Position || read.End.Ordinal > from.Ordinal, $"stands at {from}");
            if (read.Start.Ordinal > from.Ordinal)
            {
                gone[read.GoneReason] = gone.GetValueOrDefault(read.GoneReason) + read.Start.Ordinal - from.Ordinal;
            }

            events += read.Count;
            from = read.End;
        }

        return (events, gone);
    }

    [Fact]
    public void What_the_ring_has_lost_and_the_log_has_is_read_there_without_a_gap()
    {
        WriteMuch();

        Assert.True(_rig.Ring.Floor > 0);
        var (read, gone) = ReadAll(Begin);

        Assert.Equal(_rig.Ring.Tail.Ordinal, read);
        Assert.Empty(gone);
    }

    [Fact]
    public void What_was_overwritten_before_the_log_had_it_is_a_gap_of_that_reason()
    {
        _rig.Write(10);
        _rig.Ring.Overwrites = true;
        _rig.Append(3000);

        var (read, gone) = ReadAll(Begin);

        Assert.Equal(DropReason.Overwritten, Assert.Single(gone).Key);
        Assert.Equal(3010, read + gone[DropReason.Overwritten]);
        Assert.True(read > 10);
    }

    [Fact]
    public void What_retention_and_what_a_user_removed_are_gaps_of_their_own_reasons()
    {
        WriteMuch();
        var files = _rig.Log.Index.Stretches.Select(stretch => (stretch.File, stretch.Count)).ToList();
        File.Delete(_rig.PathOf(files[2].File));

        var (read, gone) = ReadAll(Begin);
        Assert.Equal(files[2].Count, Assert.Single(gone, entry => entry.Key == DropReason.Missing).Value);
        Assert.Equal(_rig.Ring.Tail.Ordinal, read + files[2].Count);
    }

    [Fact]
    public void Retention_is_told_as_the_backlogs_limit()
    {
        WriteMuch();
        var log = new EventLog(_rig.Folder, new LogOptions { RetentionBytes = 120 * 1024 }, _rig.Time, _rig.Ring, _rig.Log.Index, _rig.Log.Written, continueLast: false);
        log.Retain();
        var source = new SlotSource(_rig.Ring, log, _rig.Folder);

        var read = source.Read(Begin, int.MaxValue, _buffer);

        Assert.Equal(DropReason.BacklogLimit, read.GoneReason);
        Assert.Equal(log.Index.Oldest!.Start, read.Start);
        log.Dispose();
    }

    [Fact]
    public void Retention_of_another_process_is_told_as_the_backlogs_limit_as_well()
    {
        WriteMuch();
        var log = new EventLog(_rig.Folder, new LogOptions { RetentionBytes = 120 * 1024 }, _rig.Time, _rig.Ring, _rig.Log.Index, _rig.Log.Written, continueLast: false);
        log.SaveState(isClean: false);
        var other = new OtherSlotSource(_rig.Folder, _rig.Time);
        Assert.Equal(_rig.Log.Written, other.Tail);

        log.Retain(() =>
        {
            log.SaveState(isClean: false);
            return true;
        });
        var read = other.Read(Begin, int.MaxValue, _buffer);

        Assert.Equal(DropReason.BacklogLimit, read.GoneReason);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(_rig.Log.Written, other.Tail);
        read = other.Read(Begin, int.MaxValue, _buffer);
        Assert.Equal((DropReason.BacklogLimit, log.Index.Oldest!.Start), (read.GoneReason, read.Start));
        log.Dispose();
    }

    [Fact]
    [Trait("Feature", "S4.9")]
    public void A_slot_that_goes_on_in_a_new_stream_after_its_files_were_deleted_is_read_on()
    {
        _rig.Write(10);
        var other = new OtherSlotSource(_rig.Folder, _rig.Time);
        var end = other.Tail;
        Array.ForEach(Directory.GetFiles(_rig.Folder.Directory), File.Delete);
        var begin = new Cursor(new StreamId(8), 0, 0);
        var ring = new EventRing(RingFactory.Create(null, 64 * 1024, begin, 1, "/base"), TimeSpan.Zero);
        using var log = new EventLog(_rig.Folder, new LogOptions(), _rig.Time, ring, LogIndex.Empty, begin, continueLast: false);
        byte[] line = [.. TestKit.Lines.Event(0), (byte)'\n'];
        log.Append(line, begin, new Cursor(begin.Stream, line.Length, 1));

        _rig.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(log.Written, other.Tail);
        var read = other.Read(end, int.MaxValue, _buffer);
        Assert.Equal((begin, log.Written, 1), (read.Start, read.End, read.Count));
    }

    [Fact]
    public void A_jump_of_positions_is_in_doubt()
    {
        _rig.Write(10);
        var end = _rig.Log.Written;
        var begin = new Cursor(end.Stream, PositionJump.Step, end.Ordinal + 5);
        var ring = new EventRing(RingFactory.Create(null, 64 * 1024, begin, 1, "/base"), TimeSpan.Zero);
        ring.AppendEncoded([.. TestKit.Lines.Event(15), (byte)'\n'], 1, mayWait: false);

        var read = new SlotSource(ring, _rig.Log, _rig.Folder).Read(end, int.MaxValue, _buffer);

        Assert.Equal((begin, DropReason.InDoubt, 1), (read.Start, read.GoneReason, read.Count));
    }

    [Fact]
    [Trait("Feature", "S4.9")]
    public void An_anchor_in_a_file_that_took_the_name_of_the_one_that_was_looked_at_is_no_event()
    {
        _rig.Write(20);
        var other = new OtherSlotSource(_rig.Folder, _rig.Time);
        var tail = other.Tail;
        var path = _rig.PathOf(_rig.Names.Single());
        var lines = File.ReadAllLines(path);
        File.WriteAllLines(path, [.. lines[..10], lines[0], .. lines[10..]]);

        var read = other.Read(Begin, int.MaxValue, _buffer);

        Assert.InRange(read.Count, 10, tail.Ordinal);
        Assert.DoesNotContain("log_anchor", System.Text.Encoding.UTF8.GetString(_buffer, 0, read.Bytes));
    }

    [Fact]
    public void A_cursor_of_another_stream_begins_at_the_oldest_event_that_is_left()
    {
        WriteMuch();

        Assert.Equal(Begin, Source.Read(new Cursor(new StreamId(8), 500, 3), 1, _buffer).Start);
        Array.ForEach(_rig.Names, name => File.Delete(_rig.PathOf(name)));
        Assert.Equal(RingReader.Oldest(_rig.Ring), new SlotSource(_rig.Ring, Empty(), _rig.Folder).Oldest());
    }

    private EventLog Empty() => new(_rig.Folder, new LogOptions(), _rig.Time, _rig.Ring, LogIndex.Empty, _rig.Ring.Tail, continueLast: false);

    private void WriteMuch()
    {
        for (var turn = 0; turn < 60; turn++)
        {
            _rig.Write(50);
        }
    }
}
