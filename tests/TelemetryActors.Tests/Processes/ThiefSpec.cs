using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Processes;

/// <summary>Locks that are deleted under living writers, and a second process that is faster than they are.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.9")]
public sealed class ThiefSpec
{
    private const int Enough = 2000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_second_writer_that_gets_a_deleted_lock_leaves_the_slot_to_its_owner(bool killed)
    {
        using var folder = new ProcessFolder();
        using var owner = folder.Write("owner", 2);
        Eventually.True(() => owner.AcceptedInAll >= Enough, () => owner.AcceptedInAll);

        owner.Freeze(true);
        Array.ForEach(Directory.GetFiles(folder.State, "*.lock"), File.Delete);
        using var thief = folder.Write("thief", 1);
        Eventually.True(() => thief.AcceptedInAll >= Enough, () => thief.AcceptedInAll);
        owner.Freeze(false);
        GoOn(owner);

        EndBoth(folder, owner, thief, killed);
        Assert.All(folder.Logs(slot: 2), file => Assert.DoesNotContain("\"by\":\"owner\"", file.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(2, true)]
    public void A_writer_whose_lock_and_ring_were_deleted_and_whose_slot_another_has_goes_on_in_a_slot_of_its_own(int producers, bool killed)
    {
        using var folder = new ProcessFolder();
        using var owner = folder.Write("owner", producers);
        Eventually.True(() => owner.AcceptedInAll >= Enough, () => owner.AcceptedInAll);

        owner.Freeze(true);
        Array.ForEach(Directory.GetFiles(folder.State, "*.lock"), File.Delete);
        Array.ForEach(Directory.GetFiles(folder.Rings, "*", SearchOption.AllDirectories), File.Delete);
        using var thief = folder.Write("thief", 1);
        Eventually.True(() => thief.AcceptedInAll >= Enough, () => thief.AcceptedInAll);
        owner.Freeze(false);
        GoOn(owner);

        EndBoth(folder, owner, thief, killed);
        Assert.Contains(folder.Logs(slot: 2), file => file.Text.Contains("\"by\":\"owner\"", StringComparison.Ordinal));
        Assert.All(folder.Logs(slot: 2), file => Assert.DoesNotContain("\"by\":\"thief\"", file.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_writer_that_loses_its_slot_again_and_again_loses_no_event()
    {
        using var folder = new ProcessFolder();
        using var owner = folder.Write("owner", 2);
        var thieves = new List<WriterProcess>();

        for (var turn = 0; turn < 3; turn++)
        {
            GoOn(owner);
            owner.Freeze(true);
            Array.ForEach(Directory.GetFiles(folder.State, "slot-*.lock"), File.Delete);
            Array.ForEach(Directory.GetFiles(folder.Rings, "*", SearchOption.AllDirectories), File.Delete);
            using var thief = folder.Write($"thief-{turn}", 1, 5000);
            Assert.Equal(0, thief.WaitForExit());
            thieves.Add(thief);
            owner.Freeze(false);
        }

        GoOn(owner);
        Assert.Equal(0, owner.End());
        var written = new WrittenEvents(folder.Base);
        HoldUnordered(written, owner);
        thieves.ForEach(thief => HoldUnordered(written, thief));
        Assert.Equal(0, WholeLog.Balances(folder.Base));
        Assert.Empty(folder.LeftBehind());
    }

    private static void GoOn(WriterProcess owner)
    {
        var sofar = owner.AcceptedInAll;
        Eventually.True(() => owner.AcceptedInAll > sofar + (10 * Enough), () => owner.AcceptedInAll);
    }

    private static void EndBoth(ProcessFolder folder, WriterProcess owner, WriterProcess thief, bool killed)
    {
        if (killed)
        {
            owner.Kill();
            thief.Kill();
            folder.StartAndEnd("last");
        }
        else
        {
            Assert.Equal(0, owner.End());
            Assert.Equal(0, thief.End());
        }

        var written = new WrittenEvents(folder.Base);
        written.Hold("owner", owner.Accepted);
        written.Hold("thief", thief.Accepted);
        Assert.Equal(0, WholeLog.Balances(folder.Base));
        Assert.Empty(folder.LeftBehind());
    }

    // Slots are taken and given back here, so the files' names say nothing of their order.
    private static void HoldUnordered(WrittenEvents written, WriterProcess writer)
    {
        foreach (var (producer, atLeast) in writer.Accepted)
        {
            var numbers = written.Of(writer.Name, producer).Order().ToList();
            Assert.True(numbers.Count >= atLeast, $"{writer.Name}, producer {producer}: {numbers.Count} of {atLeast} events are in the log");
            Assert.Equal(Enumerable.Range(1, numbers.Count).Select(number => (long)number), numbers);
        }

        Assert.Equal(0, written.Doubled);
    }
}
