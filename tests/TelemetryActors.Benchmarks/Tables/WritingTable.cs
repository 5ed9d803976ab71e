using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Measuring;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>Writing at full speed.</summary>
internal static class WritingTable
{
    /// <summary>Runs and prints it, with the product's ratios to its peers.</summary>
    public static void Print(CommandLine line, Rounds rounds, TextWriter output)
    {
        var measured = rounds.Run<WritingResult>(TableNames.Writing, ContenderCatalog.Names, line.Producers);
        var table = new TextTable(
            $"Writing {line.Events} events at full speed",
            "contender", "producers", "durable k events/s", "CPU us/event", "caller p50 ns", "caller p99 ns",
            "B allocated/event", "by callers", "B/line", "lost", "doubled");
        foreach (var (row, producers, r) in measured)
        {
            table.Add(
                row, $"{producers}", $"{r.EventsPerSecond / 1000:0}", $"{r.CpuMicrosPerEvent:0.00}", $"{r.Caller.P50:0}", $"{r.Caller.P99:0}",
                $"{r.BytesAllocatedPerEvent:0.0}", $"{r.BytesAllocatedByCallersPerEvent:0.0}", $"{r.Lines.BytesPerLine:0}", $"{r.Lines.Missing}", $"{r.Lines.Doubled}");
        }

        table.WriteTo(output);
        Ratios.WriteTo(output, measured, "raw-d", "serilog-buffered", "serilog-async", "nlog-async");
    }
}
