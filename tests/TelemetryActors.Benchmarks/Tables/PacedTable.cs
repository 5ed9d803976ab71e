using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Measuring;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>How long a caller is held when events come at a steady pace.</summary>
internal static class PacedTable
{
    /// <summary>Runs and prints it.</summary>
    public static void Print(CommandLine line, Rounds rounds, TextWriter output)
    {
        var table = new TextTable(
            $"One producer at {WritingRun.PacedEventsPerSecond} events/s for {line.Seconds} s",
            "contender", "caller p50 ns", "caller p99 ns", "caller max us", "lost");
        foreach (var (row, _, r) in rounds.Run<WritingResult>(TableNames.Paced, ContenderCatalog.Names, [1]))
        {
            table.Add(row, $"{r.Caller.P50:0}", $"{r.Caller.P99:0}", $"{r.Caller.Max / 1000:0}", $"{r.Lines.Missing}");
        }

        table.WriteTo(output);
    }
}
