using TelemetryActors.Benchmarks.Measuring;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>What the telemetry holds while many events pass.</summary>
internal static class MemoryTable
{
    private const double MiB = 1024 * 1024;

    /// <summary>Runs and prints it.</summary>
    /// <returns>Whether every event was accounted for.</returns>
    public static bool Print(CommandLine line, TextWriter output)
    {
        var directory = Directory.CreateDirectory(Path.Combine(line.Directory, Guid.NewGuid().ToString("n")));
        try
        {
            var r = ChildProcess.Measure<MemoryResult>(
                new RunSpec(TableNames.Memory, Contenders.ContenderCatalog.Product, line.Events, 1, line.Seconds, line.Seed, directory.FullName));
            var table = new TextTable(
                $"Memory of the Small preset while {line.Events} events pass", "heap MiB, first look", "last", "most of 20", "ring MiB", "process MiB", "not in the log");
            table.Add(
                $"{r.FirstBytes / MiB:0.00}", $"{r.LastBytes / MiB:0.00}", $"{r.MostBytes / MiB:0.00}", $"{r.RingBytes / MiB:0.00}", $"{r.ResidentBytes / MiB:0}",
                $"{r.Events - r.Delivered}");
            table.WriteTo(output);
            return r.IsBalanced && r.Delivered >= r.Events;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
