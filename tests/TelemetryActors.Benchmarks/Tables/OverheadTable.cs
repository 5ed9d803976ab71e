using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Measuring;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>What recording costs a host that works 10 us for each event.</summary>
internal static class OverheadTable
{
    /// <summary>Runs and prints it.</summary>
    public static void Print(Rounds rounds, TextWriter output)
    {
        var table = new TextTable("A host that works 10 us for each event", "contender", "longer by %", "more CPU by %", "lost");
        foreach (var (row, _, r) in rounds.Run<OverheadResult>(TableNames.Overhead, ContenderCatalog.Names, [1]))
        {
            table.Add(row, $"{r.Wall * 100:0.0}", $"{r.Cpu * 100:0.0}", $"{r.Lines.Missing}");
        }

        table.WriteTo(output);
    }
}
