using System.Globalization;
using System.Text.Json;
using TelemetryActors.Encoding;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>Two places with ring directories of their own share one base directory; neither sees the other's rings.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S4.9")]
public sealed class StrandedRingsSpec : IDisposable
{
    private const int MostChanges = 80;
    private const string Instance = "abcdefghjkm";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("stranded-");
    private SlotSettings _here;
    private SlotSettings _there;
    private long _id;

    public StrandedRingsSpec() => Begin("one");

    public void Dispose() => _root.Delete(recursive: true);

    private string Rings => _here.Placement.Directory!;

    private string[] LeftBehind() => [.. Directory.GetFiles(Rings), .. Directory.GetFiles(_here.Base.State, "slot-*")];

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_here), nameof(_there))]
    private void Begin(string name)
    {
        var root = _root.CreateSubdirectory(name);
        var folder = new BaseFolder(Path.Combine(root.FullName, "base"), "spec");
        _here = new SlotSettings(
            folder, DiskFileSystem.Instance, new ManualTime(), new LogOptions(), new RingPlacement(root.CreateSubdirectory("here").FullName, "spec"), 64 * 1024, TimeSpan.Zero);
        _there = _here with { Placement = new RingPlacement(root.CreateSubdirectory("there").FullName, "spec") };
    }

    private void Record(WriterSlot slot, int events, string name = "told", string run = "")
    {
        for (var count = 0; count < events; count++)
        {
            _id++;
            var ofRun = run.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $",\"agent\":\"crawler\",\"run_id\":\"{run}\",\"run_seq\":{_id,10}");
            var line = string.Create(
                CultureInfo.InvariantCulture, $"{{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"{name}\",\"details\":{{\"n\":{_id}}}{ofRun},\"id\":\"{Instance}-{_id:00000000000000}\"}}\n");
            Assert.Equal(DropReason.None, slot.Ring.AppendEncoded(System.Text.Encoding.UTF8.GetBytes(line), 1, mayWait: false));
        }
    }

    // Some of its events are in the log, the others in its ring alone.
    private void DieHere(int logged, int left, SlotSettings? settings = null)
    {
        var dead = WriterSlot.Open(settings ?? _here);
        Record(dead, logged);
        if (logged > 0)
        {
            dead.Write();
        }

        Record(dead, left);
        dead.Forget();
    }

    // Whoever is there sees none of the rings that are here.
    private T OutOfSight<T>(Func<T> act)
    {
        Directory.Move(Rings, Rings + ".away");
        try
        {
            return act();
        }
        finally
        {
            Directory.Move(Rings + ".away", Rings);
        }
    }

    private WriterSlot OpenThere(int events = 0) => OutOfSight(() =>
    {
        var slot = WriterSlot.Open(_there);
        slot.BeginTracking(_there);
        if (events > 0)
        {
            Record(slot, events, "there");
            slot.Write();
        }

        return slot;
    });

    private int Bring(SlotSettings? settings = null) => new StrandedRings(settings ?? _here, EndRun, _ => { }).BringAll(exception => Assert.Fail(exception.ToString()));

    private static bool EndRun(EventRing ring, string run, string agent)
    {
        var line = System.Text.Encoding.UTF8.GetBytes($"{{\"ts\":\"2026-03-02T12:00:00Z\",\"event\":\"run_end\",\"details\":{{\"status\":\"abandoned\",\"agent_name\":\"{agent}\"}},\"run_id\":\"{run}\",\"id\":\"{run}-end\"}}\n");
        return ring.AppendEncoded(line, 1, mayWait: false) == DropReason.None;
    }

    private List<EventLine> Lines() =>
    [
        .. Directory.GetFiles(Path.Combine(_here.Base.Path, "raw"), "*.ndjson").OrderBy(Path.GetFileNameWithoutExtension, StringComparer.Ordinal).SelectMany(File.ReadLines)
            .Select(line => EventLine.TryParse(System.Text.Encoding.UTF8.GetBytes(line), out var parsed, out _) ? parsed : throw new JsonException(line))
            .Where(line => !line.IsAnchor),
    ];

    private long[] Told() => [.. Lines().Where(line => line.Event == "told").Select(line => TestKit.Lines.NumberOf(line.Bytes))];

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void What_another_writer_went_on_without_comes_to_the_log_once_and_in_order_when_its_slot_is_taken_here_again(int logged)
    {
        DieHere(logged, 3);
        OpenThere(events: 1).Release();

        using (var next = WriterSlot.Open(_here))
        {
            Assert.Equal(1, next.Number);
            Assert.EndsWith(".left", Assert.Single(Directory.GetFiles(Rings), path => path != next.Ring.Path), StringComparison.Ordinal);
            Assert.Equal((1, 0), (Bring(), Bring()));
        }

        Assert.Equal(Enumerable.Range(1, logged + 3).Select(number => (long)number), Told().Order());
        Assert.Equal(logged + 4, Lines().Select(line => line.Id).Distinct().Count());
        Assert.Equal(0, WholeLog.Balances(_here.Base.Path));
        Assert.Empty(LeftBehind());
        var brought = Assert.Single(new BroughtRings(_here.Files, _here.Base.Path).Read());
        Assert.Equal((1, 3L, 0L, 2), (brought.Slot, brought.Events, brought.Lost, brought.To));
    }

    [Fact]
    public void So_does_what_is_left_in_a_slot_where_the_other_writer_lives_now()
    {
        DieHere(2, 3);
        using var living = OpenThere(events: 1);

        using (var next = WriterSlot.Open(_here))
        {
            Assert.Equal((1, 2), (living.Number, next.Number));
            Assert.Equal(1, Bring());
        }

        Record(living, 1, "there");
        living.Write();
        Assert.Equal([1L, 2L, 3L, 4L, 5L], Told().Order());
        Assert.True(living.TryKeepHeld());
    }

    [Fact]
    public void Who_dies_at_any_file_call_of_bringing_it_leaves_every_event_to_be_brought_once()
    {
        for (var changes = 0; changes < MostChanges; changes++)
        {
            Begin($"{changes}");
            _id = 0;
            DieHere(2, 3);
            using var living = OpenThere(events: 1);
            var disk = new DyingFileSystem(_here.Files, changes);
            new StrandedRings(_here with { Files = disk }, EndRun, _ => { }).BringAll(_ => { });

            SlotTakeOver.Run(_here, 0, _ => { }, exception => Assert.Fail(exception.ToString()));
            Bring();

            Assert.Equal([1L, 2L, 3L, 4L, 5L], Told().Order());
            Assert.Equal(0, WholeLog.Balances(_here.Base.Path));
            Assert.Empty(Directory.GetFiles(Rings));
            Assert.Single(new BroughtRings(_here.Files, _here.Base.Path).Read());
            if (!disk.IsDead)
            {
                Assert.InRange(changes, 8, MostChanges);
                return;
            }
        }

        Assert.Fail($"bringing takes more than {MostChanges} changes");
    }

    [Fact]
    public void A_ring_that_was_to_bring_another_ones_lines_and_was_stranded_itself_doubles_none()
    {
        for (var changes = 0; changes < MostChanges; changes++)
        {
            Begin($"{changes}");
            _id = 0;
            DieHere(2, 3);
            using var living = OpenThere(events: 1);
            var disk = new DyingFileSystem(_here.Files, changes);
            new StrandedRings(_here with { Files = disk }, EndRun, _ => { }).BringAll(_ => { });
            OutOfSight(() => SlotTakeOver.Run(_there, 1, _ => { }, _ => { }));

            SlotTakeOver.Run(_here, 0, _ => { }, exception => Assert.Fail(exception.ToString()));
            Bring();

            Assert.Equal([1L, 2L, 3L, 4L, 5L], Told().Order());
            if (!disk.IsDead)
            {
                return;
            }
        }

        Assert.Fail($"bringing takes more than {MostChanges} changes");
    }

    [Fact]
    [Trait("Feature", "S4.5")]
    public void A_run_that_goes_on_there_is_ended_behind_its_events_and_one_that_ends_there_is_not_ended_again()
    {
        var dead = WriterSlot.Open(_here);
        Record(dead, 1, "run_start", "20260301T120000Z-crawler-00000001");
        Record(dead, 1, "run_start", "20260301T120000Z-crawler-00000002");
        dead.Write();
        Record(dead, 1, "told", "20260301T120000Z-crawler-00000001");
        Record(dead, 1, "told", "20260301T120000Z-crawler-00000002");
        Record(dead, 1, "run_end", "20260301T120000Z-crawler-00000002");
        dead.Ring.ForgetWriter();
        dead.Forget();
        using var living = OpenThere();

        Bring();

        var brought = Lines().Where(line => line.RunId is not null).Skip(2).Select(line => (line.Event, line.RunId![^1], line.RunSequence));
        Assert.Equal([("told", '1', 3), ("told", '2', 4), ("run_end", '2', 5), ("run_end", '1', null)], brought.Select(line => (line.Event, line.Item2, (int?)line.RunSequence)));
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void What_was_recorded_untracked_stays_untracked_where_it_comes_to_and_nothing_else_is()
    {
        DieHere(2, 3, _here with { IsUntracked = true });
        using var living = OpenThere(events: 1);
        DieHere(0, 1);

        Bring();

        Assert.Equal([1L, 2L, 3L, 4L, 5L, 7L], Told().Order());
        var stretch = Assert.Single(Enumerable.Range(2, 2).SelectMany(slot => new UntrackedStretches(_here.Files, _here.Base.Path, slot).Read()));
        Assert.Equal(3, stretch.To - stretch.From);
    }

    [Fact]
    public void A_ring_of_which_the_log_has_everything_goes_without_a_word()
    {
        var dead = WriterSlot.Open(_here);
        Record(dead, 3);
        dead.Write(advances: false);
        dead.Forget();
        using var living = OpenThere(events: 1);

        Assert.Equal(1, Bring());

        Assert.Equal([1L, 2L, 3L], Told());
        Assert.Empty(Directory.GetFiles(Rings));
        Assert.Empty(new BroughtRings(_here.Files, _here.Base.Path).Read());
    }

    [Fact]
    public void A_ring_that_its_slot_has_not_gone_on_without_and_one_of_another_base_directory_are_left_alone()
    {
        DieHere(2, 3);
        var before = Directory.GetFiles(Rings);

        Assert.Equal(0, Bring());
        Assert.Equal(0, Bring(_here with { Base = new BaseFolder(Path.Combine(_root.FullName, "other"), "spec") }));

        Assert.Equal(before, Directory.GetFiles(Rings));
        using var next = WriterSlot.Open(_here);
        Assert.Equal(3, next.Start.Recovered);
    }
}
