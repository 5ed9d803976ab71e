using TelemetryActors.Events;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Processes;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.1")]
[Trait("Feature", "S4.18")]
public sealed class DiskFaultSpec
{
    private const int Events = 30_000;

    [FactNeeding("strace")]
    public void Writes_that_find_no_space_are_repeated_and_nothing_is_lost() =>
        EndsWithEverything("-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC:when=3+7");

    [FactNeeding("strace")]
    public void Fsyncs_that_fail_are_made_good_and_nothing_is_lost() =>
        EndsWithEverything("-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=5+4");

    [FactNeeding("strace")]
    public void A_kill_in_the_middle_of_a_write_loses_nothing()
    {
        using var folder = new ProcessFolder();
        using var writer = folder.Write("killed", 1, 0, "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:signal=KILL:when=9");

        writer.WaitForExit();
        folder.StartAndEnd("last");

        new WrittenEvents(folder.Base).Hold("killed", writer.Accepted);
        Assert.Equal(0, WholeLog.Balances(folder.Base));
        Assert.Empty(folder.LeftBehind());
    }

    [FactNeeding("faketime")]
    public void A_clock_that_stands_ten_years_off_at_every_other_start_changes_only_the_files_names()
    {
        using var folder = new ProcessFolder();
        string[][] clocks = [[], ["faketime", "2036-01-02 03:04:05"], ["faketime", "2016-01-02 03:04:05"], []];

        foreach (var (clock, number) in clocks.Select((clock, number) => (clock, number)))
        {
            using var writer = folder.Write($"clock-{number}", 1, 100, clock);
            Assert.Equal(0, writer.WaitForExit());
        }

        var raw = Directory.GetFiles(Path.Combine(folder.Base, "raw")).Select(path => Path.GetFileName(path)).ToList();
        Assert.Contains("events_20360102.ndjson", raw);
        Assert.Contains("events_20160102.ndjson", raw);
        Assert.Equal(0, WholeLog.Balances(folder.Base));
        var written = new WrittenEvents(folder.Base);
        for (var number = 0; number < clocks.Length; number++)
        {
            Assert.Equal(100, written.Of($"clock-{number}", 0).Count);
        }
    }

    [Fact]
    [Trait("Feature", "S0.32")]
    public void Locks_rings_and_logs_that_are_deleted_under_way_end_no_host()
    {
        using var folder = new ProcessFolder();
        using var writer = folder.Write("writer", 1);
        Eventually.True(() => writer.AcceptedInAll > 2000 && Directory.Exists(Path.Combine(folder.Base, "raw")), () => writer.AcceptedInAll);

        Array.ForEach(Directory.GetFiles(Path.Combine(folder.Base, "state"), "*.lock"), File.Delete);
        Array.ForEach(Directory.GetFiles(folder.Rings, "*", SearchOption.AllDirectories), File.Delete);
        Array.ForEach(Directory.GetFiles(Path.Combine(folder.Base, "raw")), File.Delete);
        var sofar = writer.AcceptedInAll;
        Eventually.True(() => writer.AcceptedInAll > sofar + 5000, () => writer.AcceptedInAll);

        Assert.Equal(0, writer.End());
        var numbers = new WrittenEvents(folder.Base).Of("writer", 0);
        Assert.Equal(numbers.Order(), numbers);
        Assert.True(numbers[^1] >= writer.AcceptedInAll && numbers.Count == numbers[^1] - numbers[0] + 1, "from the new file on nothing is missing");
        WholeLog.Balances(folder.Base, DropReason.Missing);
    }

    private static void EndsWithEverything(params string[] faults)
    {
        using var folder = new ProcessFolder();
        using var writer = folder.Write("writer", 1, Events, ["strace", "-f", "-qq", "-o", "/dev/null", .. faults]);

        Assert.Equal(0, writer.WaitForExit());
        folder.StartAndEnd("last");

        var shown = WrittenEvents.AsShown(folder.Base);
        shown.Hold("writer", writer.Accepted);
        Assert.Equal((Events, Events), (shown.Of("writer", 0).Count, writer.Accepted[0]));
        Assert.Equal(0, WholeLog.Balances(folder.Base));
        Assert.Empty(folder.LeftBehind());
    }
}
