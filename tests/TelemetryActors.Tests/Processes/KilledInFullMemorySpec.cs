using Xunit;

namespace TelemetryActors.Processes;

/// <summary>A memory volume that holds one ring, as a container's does, and writers that are killed.</summary>
[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
public sealed class KilledInFullMemorySpec
{
    [FactNeedingMounts]
    public void The_next_ring_takes_the_room_of_the_one_that_was_left()
    {
        using var folder = new ProcessFolder();
        using var mounted = Mount.Tmpfs(folder.Rings, "size=1600k");
        for (var start = 0; start < 3; start++)
        {
            using var writer = new WriterProcess(folder.Base, folder.Rings, "writer", producers: 1, crash: "told");
            writer.Record("recorded");

            Assert.Single(Directory.GetFiles(folder.Rings, "*.ring"));
            Assert.Empty(Directory.GetFiles(folder.State, "*.ring"));
            writer.Kill();
        }

        Assert.Equal(3, folder.Logs(1).Sum(log => log.Text.Split('\n').Count(line => line.Contains("\"event\":\"recorded\"", StringComparison.Ordinal))));
    }
}
