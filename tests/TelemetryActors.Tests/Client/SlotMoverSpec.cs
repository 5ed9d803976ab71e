using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.Tests.Engine;
using Xunit;

namespace TelemetryActors.Client;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
public sealed class SlotMoverSpec : IDisposable
{
    private const int MostChanges = 40;

    private static readonly TimeSpan Bound = Eventually.DefaultBound;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("mover-");
    private readonly FaultyFileSystem _files = new(DiskFileSystem.Instance);
    private readonly SlotSettings _settings;
    private SlotMoved? _moved;

    public SlotMoverSpec()
    {
        var folder = new BaseFolder(Path.Combine(_root.FullName, "base"), "spec");
        var rings = _root.CreateSubdirectory("rings").FullName;
        _settings = new SlotSettings(folder, _files, new ManualTime(), new LogOptions(), new RingPlacement(rings, "spec"), 16 * 1024, TimeSpan.Zero);
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task What_an_fsync_failed_for_in_the_lost_slot_is_written_again_in_the_next_one()
    {
        var lost = WriterSlot.Open(_settings);
        lost.Write(3);
        lost.Log.Sync();
        lost.Write(2);
        lost.Append(1);
        var flushed = lost.Flushes.WaitFor(lost.Ring.Tail.Position);
        using var stolen = Steal(lost);

        using var next = Move(lost);
        next.Write();
        next.Log.Sync();
        next.Flushes.Complete(next.Log.Synced);

        Assert.Equal((3, 0, 0), (_moved!.Taken, _moved.Gone, _moved.InDoubt));
        Assert.Equal([3, 4, 5], next.Written());
        Assert.True((await flushed.WaitAsync(Bound)).IsDurable);
    }

    [Fact]
    public async Task What_the_ring_has_lost_of_it_is_in_doubt_and_told()
    {
        var lost = WriterSlot.Open(_settings);
        lost.Write(3);
        var flushed = lost.Flushes.WaitFor(lost.Ring.Tail.Position);
        Overwrite(lost, 20);
        var left = lost.Ring.Tail.Ordinal - RingReader.Oldest(lost.Ring).Ordinal;
        using var stolen = Steal(lost);

        using var next = Move(lost);

        Assert.Equal((left, 20 - left, 3), (_moved!.Taken, _moved.Gone, _moved.InDoubt));
        Assert.Contains("3 events are in doubt", (await flushed.WaitAsync(Bound)).Reason, StringComparison.Ordinal);
        Assert.Equal(3, LogState.TryParse(File.ReadAllBytes(next.Folder.StateFile))!.InDoubt);
    }

    [Fact]
    public void Who_dies_at_any_file_call_of_a_move_leaves_every_event_that_went_along_once()
    {
        for (var changes = 0; changes < MostChanges; changes++)
        {
            var disk = new DyingFileSystem(_files, int.MaxValue);
            var settings = _settings with { Base = new BaseFolder(Path.Combine(_root.FullName, $"base{changes}"), "spec"), Files = disk };
            var lost = WriterSlot.Open(settings);
            lost.Write(3);
            lost.Log.Sync();
            lost.Append(2);
            using (Steal(settings, lost))
            {
                Move(settings, lost, () => disk.DieAfter(changes)).Forget();
            }

            var living = settings with { Files = _files };
            SlotTakeOver.Run(living, 0, _ => { }, exception => Assert.Fail(exception.ToString()));
            Assert.Equal([0, 1, 2, 3, 4], Directory.GetFiles(Path.Combine(settings.Base.Path, "raw")).SelectMany(NumbersOf).Order());
            if (!disk.IsDead)
            {
                return;
            }
        }

        Assert.Fail($"a move takes more than {MostChanges} changes");
    }

    [Fact]
    public void What_was_counted_as_in_doubt_before_the_slot_was_lost_is_not_counted_again()
    {
        var lost = WriterSlot.Open(_settings);
        lost.Write(3);
        Overwrite(lost, 10);
        lost.Write();
        Overwrite(lost, 10);
        _files.FailSync(1);
        Assert.Throws<IOException>(lost.Log.Sync);
        _files.IsFull = true;
        Assert.Throws<DiskFullException>(lost.Log.RewriteWhatFailed);
        _files.IsFull = false;
        using var stolen = Steal(lost);

        using var next = Move(_settings, lost, () => { });

        Assert.Equal((true, 0), (lost.Log.InDoubt > 0, _moved!.InDoubt));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Feature", "D.9")]
    public void What_a_dead_writer_recorded_untracked_stays_so_in_every_slot_that_it_is_taken_along_to(bool isNoted)
    {
        var (lost, stolen) = LoseAdopted(untracked: 5, tracked: 2);
        using var _ = stolen;
        if (isNoted)
        {
            lost.NoteTracking();
        }

        var next = Move(_settings, lost, () => { });
        using var alsoStolen = Steal(next);
        using var third = Move(_settings, next, () => { });
        third.Append(1);
        UntrackedStretch[] expected = [new(third.Ring.Stream, 0, 5)];

        Assert.Equal(8, third.Ring.Tail.Ordinal);
        Assert.Equal(expected[0], third.Ring.Untracked);
        Assert.Equal(expected, third.WithOwnNote(() => []));
        third.NoteTracking();
        Assert.Equal(expected, Noted(third));
        Assert.Equal(expected[0], third.Ring.Untracked);

        Write(third);
        third.NoteTracking();
        Assert.Null(third.Ring.Untracked);
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void Who_dies_after_a_move_before_the_disk_took_the_note_leaves_nothing_untracked_that_looks_tracked()
    {
        var (lost, stolen) = LoseAdopted(untracked: 5, tracked: 2);
        using var _ = stolen;
        Move(_settings, lost, () => { }).Forget();

        using var later = WriterSlot.Open(_settings);

        Assert.Equal(7, later.Start.Recovered);
        Assert.Equal([new UntrackedStretch(later.Ring.Stream, 0, 5)], Noted(later));
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void What_was_recorded_untracked_stays_so_in_a_ring_that_is_adopted_twice_and_then_loses_its_slot()
    {
        WriterSlot.Open(_settings).Release();
        _files.MakeReadOnly(Path.Combine(_settings.Base.Path, "raw"));
        var dead = WriterSlot.Open(_settings with { IsUntracked = true });
        dead.Append(5);
        dead.Forget();
        var second = WriterSlot.Open(_settings);
        second.Append(2);
        var noted = Noted(second);
        second.Forget();
        var third = WriterSlot.Open(_settings);
        third.Append(1);
        using var stolen = Steal(third);
        _files.MakeWritable(Path.Combine(_settings.Base.Path, "raw"));

        using var next = Move(_settings, third, () => { });

        Assert.Equal([new UntrackedStretch(second.Ring.Stream, 0, 5)], noted);
        Assert.Equal((dead.Ring.Path, 8, second.Number + 1), (third.Ring.Path, next.Ring.Tail.Ordinal, next.Number));
        Assert.Equal([new UntrackedStretch(next.Ring.Stream, 0, 5)], next.WithOwnNote(() => []));
        next.NoteTracking();
        Assert.Equal([new UntrackedStretch(next.Ring.Stream, 0, 5)], Noted(next));
    }

    [Fact]
    public void What_a_stand_in_took_is_in_its_own_log_where_it_stood_and_nothing_goes_along()
    {
        var standIn = SlotOpening.OpenWithoutDisk(_settings);
        standIn.Write(2);
        standIn.Append(3);
        var flushed = standIn.Flushes.WaitFor(standIn.Ring.Tail.Position);
        var (mover, own, _) = MoverOf(standIn, out var next);

        mover.Move();

        Assert.True(flushed is { IsCompletedSuccessfully: true, Result.IsDurable: true });
        Assert.Equal((next, 0, 0, 0, 0), (own.Now, next.Ring.Tail.Ordinal, _moved!.Taken, _moved.Gone, _moved.InDoubt));
        Assert.Equal([0, 1, 2, 3, 4], standIn.Written());
        var state = LogState.TryParse(File.ReadAllBytes(standIn.Folder.StateFile))!;
        Assert.Equal((true, standIn.Ring.Tail), (state.IsClean, state.End));
        Assert.Empty(state.OpenRuns);
        Assert.False(standIn.TrySaveState(isClean: false));
        next.Release();
    }

    [Fact]
    public void A_stand_in_whose_rest_the_disk_refuses_takes_events_again_until_it_does_not()
    {
        var standIn = SlotOpening.OpenWithoutDisk(_settings);
        standIn.Append(3);
        var (mover, own, _) = MoverOf(standIn, out var next);
        next.Log.OpenRuns = () =>
        {
            // Between what is written while recording goes on and the rest.
            standIn.Append(2);
            _files.IsFull = true;
            return [];
        };

        Assert.Throws<DiskFullException>(mover.Move);
        Assert.Equal((standIn, true), (own.Now, mover.IsDue));
        standIn.Append(1);
        _files.IsFull = false;
        next.Log.OpenRuns = () => [];
        mover.Move();

        Assert.Equal((next, 0), (own.Now, next.Ring.Tail.Ordinal));
        Assert.Equal([0, 1, 2, 3, 4, 5], standIn.Written());
        next.Release();
    }

    [Fact]
    public void A_stand_in_stays_closed_that_was_closed_meanwhile()
    {
        var standIn = SlotOpening.OpenWithoutDisk(_settings);
        standIn.Append(3);
        var (mover, own, _) = MoverOf(standIn, out var next);
        next.Log.OpenRuns = () =>
        {
            standIn.Append(1);
            own.Close();
            _files.IsFull = true;
            return [];
        };

        Assert.Throws<DiskFullException>(mover.Move);

        Assert.True(standIn.Ring.IsClosed);
        _files.IsFull = false;
        next.Log.OpenRuns = () => [];
        next.Release();
    }

    [Fact]
    public void A_stand_in_that_took_nothing_leaves_nothing()
    {
        var standIn = SlotOpening.OpenWithoutDisk(_settings);
        var (mover, _, _) = MoverOf(standIn, out var next);

        mover.Move();

        Assert.False(File.Exists(standIn.Folder.StateFile));
        next.Release();
    }

    [Fact]
    public async Task Who_waited_for_a_move_that_did_not_come_about_goes_on_where_he_was()
    {
        var standIn = SlotOpening.OpenWithoutDisk(_settings);
        var (_, _, writer) = MoverOf(standIn, out var next);
        standIn.Ring.Close();
        writer.BeginMove();
        var recording = DiskCall.Begin("spec", () => writer.Write("e", (IReadOnlyDictionary<string, object?>?)null, new EventScope("spec", null, null)));

        standIn.Ring.Open();
        writer.EndMove(standIn.Ring);

        Assert.True((await recording.WaitAsync(Bound)).IsAccepted);
        next.Release();
    }

    private (SlotMover Mover, OwnSlot Own, EventWriter Writer) MoverOf(WriterSlot standIn, out WriterSlot next)
    {
        var own = new OwnSlot(standIn);
        var arrival = new SlotArrival(_settings);
        Eventually.True(() => arrival.IsThere);
        next = arrival.Take()!;
        arrival.PutBack(next);
        var writer = new EventWriter(new EventEncoder(null, 2048, new NameAdvice(null).Look), standIn.Ring, _settings.Time, _ => { });
        return (new SlotMover(_settings, own, arrival, writer, moved => _moved = moved), own, writer);
    }

    private static void Write(WriterSlot slot)
    {
        var buffer = new byte[64 * 1024];
        var read = RingReader.TryRead(slot.Ring, slot.Log.Written, int.MaxValue, buffer)!.Value;
        slot.Log.Append(buffer.AsSpan(0, read.Bytes), read.Start, read.End);
        slot.Log.Sync();
    }

    // A slot whose ring is a dead writer's, because the disk was full; then its lock and its ring are deleted.
    private (WriterSlot Lost, DiskFileLock Stolen) LoseAdopted(int untracked, int tracked)
    {
        WriterSlot.Open(_settings).Release();
        _files.IsFull = true;
        var dead = WriterSlot.Open(_settings with { IsUntracked = true });
        dead.Append(untracked);
        dead.Forget();
        var lost = WriterSlot.Open(_settings);
        lost.Append(tracked);
        var stolen = Steal(lost);
        _files.IsFull = false;
        return (lost, stolen);
    }

    private IReadOnlyList<UntrackedStretch> Noted(WriterSlot slot) => new UntrackedStretches(_files, _settings.Base.Path, slot.Number).Read();

    private static void Overwrite(WriterSlot slot, int events)
    {
        slot.Ring.Overwrites = true;
        for (var count = 0; count < events; count++)
        {
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded([.. new byte[1000], (byte)'\n'], 1, mayWait: false));
        }
    }

    // The lost slot's last fsync fails.
    private WriterSlot Move(WriterSlot lost) => Move(_settings, lost, () => _files.FailSync(1));

    private WriterSlot Move(SlotSettings settings, WriterSlot lost, Action before)
    {
        var own = new OwnSlot(lost);
        var arrival = new SlotArrival(settings);
        arrival.WaitFor(Bound, _ => { })!.Release();
        var encoder = new EventEncoder(null, 2048, new NameAdvice(null).Look);
        var writer = new EventWriter(encoder, lost.Ring, settings.Time, _ => { });
        before();
        new SlotMover(settings, own, arrival, writer, moved => _moved = moved).Move();
        return own.Now;
    }

    private static IEnumerable<long> NumbersOf(string file) =>
        File.ReadLines(file).Where(line => !line.Contains("log_anchor", StringComparison.Ordinal)).Select(line => Lines.NumberOf(System.Text.Encoding.UTF8.GetBytes(line)));

    private DiskFileLock Steal(WriterSlot slot) => Steal(_settings, slot);

    private static DiskFileLock Steal(SlotSettings settings, WriterSlot slot)
    {
        var path = SlotLocks.PathOf(settings.Base, slot.Number);
        File.Delete(slot.Ring.Path!);
        File.Delete(path);
        return DiskFileLock.TryTake(path)!;
    }
}
