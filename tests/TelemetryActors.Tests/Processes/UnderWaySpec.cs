using TelemetryActors.Events;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Processes;

/// <summary>What happens to a real process's disk and clock while it writes.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.1")]
[Trait("Feature", "S4.18")]
public sealed class UnderWaySpec
{
    private const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    [FactNeedingMounts]
    [Trait("Feature", "S1.18")]
    public void A_disk_that_is_full_costs_what_the_ring_cannot_hold_and_that_is_counted()
    {
        using var folder = new ProcessFolder();
        using var disk = Mount.Tmpfs(Directory.CreateDirectory(folder.Base).FullName, "size=3m");
        using var writer = folder.Write("writer", 1);
        Eventually.True(() => Free(folder) == 0, () => Free(folder));
        GoOn(writer, 50_000);

        disk.Remount("size=256m");
        Eventually.True(() => Used(folder) > 4 * 1024 * 1024, () => Used(folder));
        Assert.Equal(0, writer.End());

        Assert.True(HoldWithGaps(folder, writer) > 0, "the ring was overrun");
    }

    [FactNeedingMounts]
    public void A_writer_that_is_killed_on_a_full_disk_leaves_what_its_ring_holds_to_the_next_start()
    {
        using var folder = new ProcessFolder();
        using var disk = Mount.Tmpfs(Directory.CreateDirectory(folder.Base).FullName, "size=3m");
        using var writer = folder.Write("writer", 1);
        Eventually.True(() => Free(folder) == 0, () => Free(folder));
        GoOn(writer, 50_000);

        writer.Kill();
        folder.StartAndEnd("refused");
        disk.Remount("size=256m");
        folder.StartAndEnd("last");

        HoldWithGaps(folder, writer);
        Assert.Empty(folder.LeftBehind());
    }

    [FactNeedingMounts]
    public void A_log_directory_that_turns_read_only_and_back_ends_no_host_and_loses_nothing_the_ring_holds()
    {
        using var folder = new ProcessFolder();
        using var writer = folder.Write("writer", 1);
        var raw = Path.Combine(folder.Base, "raw");
        Eventually.True(() => writer.AcceptedInAll > 2000 && Directory.Exists(raw), () => writer.AcceptedInAll);

        using (Mount.Tmpfs(raw, "ro"))
        {
            GoOn(writer, 50_000);
        }

        var before = Used(folder);
        Eventually.True(() => Used(folder) > before, () => before);
        Assert.Equal(0, writer.End());
        HoldWithGaps(folder, writer);
        Assert.Empty(folder.LeftBehind());
    }

    [FactNeedingMounts]
    public void A_whole_base_directory_that_turns_read_only_and_back_ends_no_host()
    {
        using var folder = new ProcessFolder();
        using var writer = folder.Write("writer", 2);
        Eventually.True(() => writer.AcceptedInAll > 2000, () => writer.AcceptedInAll);

        using (Mount.Tmpfs(folder.Base, "ro"))
        {
            GoOn(writer, 50_000);
        }

        Eventually.True(() => Directory.Exists(Path.Combine(folder.Base, "raw")), () => folder.Base);
        var before = Used(folder);
        Eventually.True(() => Used(folder) > before, () => before);
        Assert.Equal(0, writer.End());
        Assert.Equal(0, new WrittenEvents(folder.Base).Doubled);
        WholeLog.Balances(folder.Base, DropReason.Overwritten);
        Assert.Empty(folder.LeftBehind());
    }

    [FactNeeding("faketime")]
    public void A_clock_that_jumps_a_day_and_ten_years_under_way_changes_only_the_files_names()
    {
        using var folder = new ProcessFolder();
        var clock = Path.Combine(folder.Rings, "clock");
        SetClock(clock, "+0");
        using var writer = folder.Write(
            "writer", 2, 0, "env", $"LD_PRELOAD={FakeTime}", $"FAKETIME_TIMESTAMP_FILE={clock}", "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1");
        foreach (var jump in new[] { "+1d", "-1d", "+3650d", "-3650d", "+0", "+3650d", "+0" })
        {
            GoOn(writer, 10_000);
            var files = Files(folder);
            SetClock(clock, jump);
            Eventually.True(() => Files(folder) > files, () => jump);
        }

        GoOn(writer, 10_000);
        Assert.Equal(0, writer.End());
        File.Delete(clock);

        var written = new WrittenEvents(folder.Base);
        foreach (var (producer, atLeast) in writer.Accepted)
        {
            var numbers = written.Of("writer", producer).Order().ToList();
            Assert.True(numbers.Count >= atLeast, $"{numbers.Count} of {atLeast} events are in the log");
            Assert.Equal(Enumerable.Range(1, numbers.Count).Select(number => (long)number), numbers);
        }

        Assert.Equal(0, written.Doubled);

        // The library that turns the clock turns the waits of threads as well, so an end under it may be cut short: the next start has the rest.
        using var next = folder.Write("next", 1, 0);
        GoOn(next, 1);
        Assert.Equal(0, next.End());
        Assert.Equal(0, WholeLog.Balances(folder.Base));
        Assert.Empty(folder.LeftBehind());
    }

    private static void SetClock(string path, string offset)
    {
        File.WriteAllText(path + ".new", offset + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }

    private static void GoOn(WriterProcess writer, long events)
    {
        var sofar = writer.AcceptedInAll;
        Eventually.True(() => writer.AcceptedInAll > sofar + events, () => writer.AcceptedInAll);
    }

    private static long Free(ProcessFolder folder) => new DriveInfo(folder.Base).AvailableFreeSpace / 65536;

    private static long Used(ProcessFolder folder) => Directory.GetFiles(Path.Combine(folder.Base, "raw")).Sum(path => new FileInfo(path).Length);

    private static int Files(ProcessFolder folder) => Directory.GetFiles(Path.Combine(folder.Base, "raw")).Length;

    // What is in the files is in order and not doubled, and what is not there is counted: the numbers say how many that are.
    private static long HoldWithGaps(ProcessFolder folder, WriterProcess writer)
    {
        var written = new WrittenEvents(folder.Base);
        var numbers = written.Of(writer.Name, 0);
        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal(0, written.Doubled);
        Assert.True(numbers[^1] >= writer.Accepted[0], $"the newest events are there: {numbers[^1]} of {writer.Accepted[0]}");
        var dropped = WholeLog.Balances(folder.Base, DropReason.Overwritten);
        Assert.True(numbers[^1] - numbers.Count <= dropped, $"{numbers[^1] - numbers.Count} events are missing, {dropped} are counted");
        return dropped;
    }
}
