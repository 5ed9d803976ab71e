using TelemetryActors.Benchmarks.Durable;
using TelemetryActors.Benchmarks.Measuring;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>Events acknowledged only when fsynced, by the number of those who wait.</summary>
internal static class DurabilityTable
{
    /// <summary>Runs and prints it, with the product's ratio to the raw row.</summary>
    public static void Print(CommandLine line, Rounds rounds, TextWriter output)
    {
        var measured = rounds.Run<DurabilityResult>(TableNames.Durability, DurableCatalog.Names, line.Waiters);
        var table = new TextTable(
            $"Acknowledged when fsynced, {line.Seconds} s",
            "contender", "waiters", "durable events/s", "waited p50 us", "waited p99 us", "lost");
        foreach (var (row, waiters, r) in measured)
        {
            table.Add(
                row, $"{waiters}", $"{r.EventsPerSecond:0}", $"{r.Waited.P50 / 1000:0}", $"{r.Waited.P99 / 1000:0}", $"{r.Lines.Missing}");
        }

        table.WriteTo(output);
        Ratios.WriteTo(output, measured, "group-commit");
    }
}
