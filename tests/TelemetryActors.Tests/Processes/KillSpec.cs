using TelemetryActors.Log;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Processes;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S4.9")]
public sealed class KillSpec
{
    private static int Kills => ProcessFolder.IsLong ? 200 : 10;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_was_accepted_before_a_kill_is_in_the_log_after_the_next_start_once_and_in_order(int producers)
    {
        using var folder = new ProcessFolder();
        var random = new Random(producers);
        var told = new Dictionary<string, IReadOnlyDictionary<int, long>>();

        for (var kill = 0; kill < Kills; kill++)
        {
            using var writer = folder.Write($"killed-{kill}", producers);
            var enough = random.Next(1, 20_000);
            Eventually.True(() => writer.AcceptedInAll >= enough, () => writer.AcceptedInAll);
            writer.Kill();
            told[$"killed-{kill}"] = writer.Accepted;
        }

        folder.StartAndEnd("last");
        var written = new WrittenEvents(folder.Base);
        Assert.All(told, one => written.Hold(one.Key, one.Value));
        Assert.Equal(0, WholeLog.Balances(folder.Base));
        Assert.Empty(folder.LeftBehind());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void Processes_on_one_base_keep_apart_and_what_the_killed_ones_left_is_taken_over(int processes)
    {
        using var folder = new ProcessFolder();

        var writers = Enumerable.Range(0, processes).Select(number => folder.Write($"writer-{number}", 1)).ToList();
        writers.ForEach(writer => Eventually.True(() => writer.AcceptedInAll >= 1000, () => writer.AcceptedInAll));
        foreach (var (writer, number) in writers.Select((writer, number) => (writer, number)))
        {
            if (number % 2 == 0)
            {
                writer.Kill();
            }
            else
            {
                Assert.Equal(0, writer.End());
            }
        }

        folder.StartAndEnd("last");
        var written = new WrittenEvents(folder.Base);
        for (var number = 0; number < processes; number++)
        {
            written.Hold($"writer-{number}", writers[number].Accepted);
            writers[number].Dispose();
        }

        Assert.Equal(0, WholeLog.Balances(folder.Base));
        Assert.Empty(folder.LeftBehind());
    }

    [Fact]
    [Trait("Feature", "S4.5")]
    public void Short_processes_one_after_another_leave_nothing_behind()
    {
        using var folder = new ProcessFolder();

        for (var number = 0; number < 40; number++)
        {
            using var writer = folder.Write($"short-{number}", 1, 10);
            Assert.Equal(0, writer.WaitForExit());
        }

        Assert.Empty(folder.LeftBehind());
        var files = Directory.GetFiles(Path.Combine(folder.Base, "raw"), "*.ndjson").Select(path => LogFileName.TryParse(Path.GetFileName(path), null)).ToList();
        Assert.Equal([(1, 0)], files.Select(file => (file!.Slot, file.Number)).Distinct());
        Assert.Equal(0, WholeLog.Balances(folder.Base));
    }
}
