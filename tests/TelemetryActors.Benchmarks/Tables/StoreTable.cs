using TelemetryActors.Benchmarks.Measuring;
using TelemetryActors.Benchmarks.Store;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>Events stored in SQLite, by the size of a transaction.</summary>
internal static class StoreTable
{
    private static readonly int[] BatchSizes = [50, 500, 5000];

    /// <summary>Runs and prints it, with the product's ratio to the raw row.</summary>
    public static void Print(CommandLine line, Rounds rounds, TextWriter output)
    {
        var measured = rounds.Run<StoreResult>(TableNames.Sqlite, StoreRun.Names, BatchSizes);
        var table = new TextTable($"{line.Events} events of a log stored in SQLite", "contender", "events/batch", "k events/s", "B/event in the file", "lost", "doubled");
        foreach (var (row, batch, r) in measured)
        {
            table.Add(row, $"{batch}", $"{r.EventsPerSecond / 1000:0.0}", $"{r.Lines.BytesPerLine:0}", $"{r.Lines.Missing}", $"{r.Lines.Doubled}");
        }

        table.WriteTo(output);
        Ratios.WriteTo(output, measured, StoreRun.Raw);
    }
}
