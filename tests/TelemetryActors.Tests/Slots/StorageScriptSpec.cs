using TelemetryActors.Processes;
using Xunit;

namespace TelemetryActors.Slots;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
[Trait("Feature", "S4.9")]
[Trait("Feature", "S0.32")]
public sealed class StorageScriptSpec
{
    private static int Scripts => Environment.GetEnvironmentVariable("TELEMETRY_LONG") == "1" ? 6000 : 150;

    // One alone, whose trace is to be read.
    private static IEnumerable<int> Seeds => int.TryParse(Environment.GetEnvironmentVariable("TELEMETRY_SEED"), out var seed) ? [seed] : Enumerable.Range(0, Scripts);

    [Fact]
    public void Whatever_happens_to_memory_disk_files_and_clock_the_invariants_hold() => Run(isHarsh: false);

    [Fact]
    public void So_they_do_where_only_what_an_fsync_was_for_outlives_a_reboot() => Run(isHarsh: true);

    private static void Run(bool isHarsh)
    {
        var broken = new List<string>();

        foreach (var seed in Seeds.TakeWhile(_ => broken.Count < 5))
        {
            using var script = new StorageScript(seed, isHarsh);
            try
            {
                script.Run(120);
            }
            catch (Exception exception)
            {
                broken.Add($"{exception.Message}\n{script.Trace}\n{exception.StackTrace}");
            }
        }

        Assert.True(broken.Count == 0, string.Join("\n\n", broken));
    }
}
