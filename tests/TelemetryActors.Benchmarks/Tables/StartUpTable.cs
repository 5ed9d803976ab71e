using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Measuring;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>A cold process to its first accepted event.</summary>
internal static class StartUpTable
{
    private const int Starts = 15;

    private static readonly string[] Rows = [ContenderCatalog.Product, "serilog-buffered", "nlog-async"];

    /// <summary>Runs the rows in turns and prints the medians; the first start of each, which reads the program from disk, is left out.</summary>
    public static void Print(CommandLine line, TextWriter output)
    {
        string[] rows = [StartUpRun.Hello, .. Rows.Intersect(line.Rows)];
        var starts = new List<(string Row, StartUpResult Result)>();
        for (var i = 0; i <= Starts; i++)
        {
            starts.AddRange(rows.Select(row => (row, Start(line, row))));
        }

        var table = new TextTable(
            $"Cold process to the first accepted event, median of {Starts}", "contender", "process ms", "more than hello ms", "library ms", "methods compiled", "on all threads");
        var results = starts.Skip(rows.Length).ToLookup(s => s.Row, s => s.Result);
        var hello = Median(results[StartUpRun.Hello], r => r.Process);
        foreach (var row in rows)
        {
            var process = Median(results[row], r => r.Process);
            table.Add(
                row,
                $"{process:0.0}",
                $"{process - hello:0.0}",
                $"{Median(results[row], r => r.Library):0.0}",
                $"{Middle(results[row], r => r.Methods)}",
                $"{Middle(results[row], r => r.AllMethods)}");
        }

        table.WriteTo(output);
    }

    private static StartUpResult Start(CommandLine line, string row)
    {
        var directory = Directory.CreateDirectory(Path.Combine(line.Directory, Guid.NewGuid().ToString("n")));
        try
        {
            return StartUpRun.Measure(row, directory.FullName);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static double Median(IEnumerable<StartUpResult> results, Func<StartUpResult, TimeSpan> of) =>
        Middle(results, of).TotalMilliseconds;

    private static T Middle<T>(IEnumerable<StartUpResult> results, Func<StartUpResult, T> of) => results.Select(of).Order().ElementAt(Starts / 2);
}
