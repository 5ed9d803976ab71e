using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "D.9")]
public sealed class UntrackedStretchesSpec : IDisposable
{
    private static readonly StreamId Stream = new(7);

    private readonly SlotRig _rig = new();

    public UntrackedStretchesSpec()
    {
        Directory.CreateDirectory(_rig.Settings.Base.State);
    }

    private string File1 => Path.Combine(_rig.Settings.Base.State, "untracked-s1.ndjson");

    public void Dispose() => _rig.Dispose();

    private UntrackedStretches Stretches() => new(_rig.Files, _rig.Settings.Base.Path, 1);

    private static void Record(WriterSlot slot, int events)
    {
        for (var count = 0; count < events; count++)
        {
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded([.. Lines.Event(slot.Ring.Tail.Ordinal), (byte)'\n'], 1, mayWait: false));
        }
    }

    private static Cursor At(long ordinal) => new(Stream, ordinal * 60, ordinal);

    [Theory]
    [InlineData("{\"stream\":\"0000000000000007\",\"to\":1")]
    [InlineData("\0\0\0\0")]
    public void A_line_that_was_cut_short_at_the_end_ends_no_stretch_and_stands_in_nobodys_way(string torn)
    {
        Stretches().Note(At(3), isUntracked: true);
        File.AppendAllText(File1, torn);

        var read = Stretches().Read();
        Stretches().Note(At(9), isUntracked: false);

        Assert.Equal([new UntrackedStretch(Stream, 3, null)], read);
        Assert.Equal([new UntrackedStretch(Stream, 3, 9)], Stretches().Read());
    }

    [Fact]
    public void A_line_without_its_line_feed_counts_when_it_is_whole()
    {
        Stretches().Note(At(3), isUntracked: true);
        File.WriteAllText(File1, File.ReadAllText(File1).TrimEnd());

        Stretches().Note(At(9), isUntracked: false);

        Assert.Equal([new UntrackedStretch(Stream, 3, 9)], Stretches().Read());
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("{\"stream\":\"f0000000000000007\",\"from\":1}")]
    [InlineData("{\"stream\":\"7\",\"from\":1}")]
    [InlineData("{\"stream\":null,\"from\":1}")]
    [InlineData("{\"stream\":\"0000000000000007\",\"from\":99999999999999999999}")]
    [InlineData("{\"stream\":\"0000000000000007\",\"from\":{}}")]
    [InlineData("{\"stream\":\"0000000000000007\"}")]
    [InlineData("[]")]
    public void A_file_with_a_line_that_says_nothing_gets_every_note_all_the_same_for_the_day_it_is_mended(string line)
    {
        File.WriteAllText(File1, line + "\n");
        Stretches().Note(At(3), isUntracked: true);
        Stretches().Note(At(5), isUntracked: true);
        Stretches().Note(At(9), isUntracked: false);
        Stretches().Note(At(12), isUntracked: false);

        Assert.Throws<InvalidDataException>(() => Stretches().Read());
        File.WriteAllLines(File1, File.ReadAllLines(File1)[1..]);
        Assert.Equal([new UntrackedStretch(Stream, 3, 9)], Stretches().Read());
    }

    [Fact]
    public void A_note_that_is_not_known_to_be_on_the_device_is_written_again()
    {
        var stretches = Stretches();
        _rig.Files.FailSync(1);
        Assert.Throws<IOException>(() => stretches.Note(At(3), isUntracked: true));
        var syncs = _rig.Files.Syncs;

        stretches.Note(At(3), isUntracked: true);

        Assert.Equal(syncs + 1, _rig.Files.Syncs);
        Assert.Equal([new UntrackedStretch(Stream, 3, null)], Stretches().Read());
    }

    [Fact]
    public void What_a_killed_writer_recorded_untracked_on_a_disk_that_was_full_is_noted_before_it_comes_to_the_log()
    {
        WriterSlot.Open(_rig.Settings).Release();
        _rig.Files.IsFull = true;
        var untracked = WriterSlot.Open(_rig.Settings with { IsUntracked = true });
        Record(untracked, 5);
        untracked.Forget();
        _rig.Files.IsFull = false;

        using var tracked = WriterSlot.Open(_rig.Settings);
        Record(tracked, 1);

        Assert.Equal(5, tracked.Start.Recovered);
        Assert.Equal([new UntrackedStretch(tracked.Ring.Stream, 0, 5)], Stretches().Read());
    }

    [Fact]
    public void What_a_killed_writer_recorded_untracked_is_known_beside_a_ring_that_goes_on_because_the_disk_is_still_full()
    {
        WriterSlot.Open(_rig.Settings).Release();
        _rig.Files.IsFull = true;
        var untracked = WriterSlot.Open(_rig.Settings with { IsUntracked = true });
        Record(untracked, 5);
        untracked.Forget();

        var tracked = WriterSlot.Open(_rig.Settings);
        Record(tracked, 1);
        UntrackedStretch[] expected = [new(tracked.Ring.Stream, 0, 5)];

        Assert.Equal(expected, tracked.WithOwnNote(Stretches().Read));
        Assert.Throws<DiskFullException>(tracked.NoteTracking);
        _rig.Files.IsFull = false;
        tracked.NoteTracking();
        tracked.Forget();
        using var later = WriterSlot.Open(_rig.Settings);
        Assert.Equal(expected, Stretches().Read());
    }

    [Fact]
    public void A_note_that_is_written_while_the_file_is_read_is_known_all_the_same()
    {
        WriterSlot.Open(_rig.Settings).Release();
        _rig.Files.IsFull = true;
        var untracked = WriterSlot.Open(_rig.Settings with { IsUntracked = true });
        Record(untracked, 5);
        untracked.Forget();
        using var tracked = WriterSlot.Open(_rig.Settings);
        _rig.Files.IsFull = false;

        var known = tracked.WithOwnNote(() =>
        {
            var noted = Stretches().Read();
            tracked.NoteTracking();
            return noted;
        });

        Assert.Equal([new UntrackedStretch(tracked.Ring.Stream, 0, 5)], known);
        Assert.Equal(known, tracked.WithOwnNote(Stretches().Read));
    }

    [Fact]
    public void A_note_that_did_not_come_to_the_device_at_a_take_over_is_written_again_by_the_same_start()
    {
        WriterSlot.Open(_rig.Settings).Release();
        _rig.Files.IsFull = true;
        var dead = WriterSlot.Open(_rig.Settings with { IsUntracked = true });
        Record(dead, 5);
        dead.Forget();
        _rig.Files.IsFull = false;
        var syncs = _rig.Files.DirectorySyncs;
        _rig.Files.FailDirectorySync(1);

        var next = WriterSlot.Open(_rig.Settings with { IsUntracked = true });
        next.Forget();

        Assert.Equal(syncs + 2, _rig.Files.DirectorySyncs);
        Assert.Contains(Stretches().Read(), stretch => stretch is { From: 0, To: null });
    }
}
