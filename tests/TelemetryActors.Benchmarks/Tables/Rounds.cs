using TelemetryActors.Benchmarks.Measuring;

namespace TelemetryActors.Benchmarks.Tables;

/// <summary>Runs rows in child processes, round by round, so that a bad minute of the machine meets all of them.</summary>
internal sealed class Rounds(CommandLine line, TextWriter progress)
{
    /// <summary>Whether a run so far left a line missing, doubled or torn.</summary>
    public bool FoundFault { get; private set; }

    /// <summary>The median round of each row and number of producers.</summary>
    public IReadOnlyList<Measured<TResult>> Run<TResult>(string table, IEnumerable<string> rows, IReadOnlyList<int> producers)
        where TResult : IMeasured
    {
        var runs = new List<Measured<TResult>>();
        string[] known = [.. rows.Intersect(line.Rows)];
        for (var round = 0; round < line.Rounds; round++)
        {
            foreach (var (count, row) in producers.SelectMany(_ => known, (count, row) => (count, row)))
            {
                progress.WriteLine($"{table}: {row}, {count}");
                runs.Add(new(row, count, Run<TResult>(table, row, count)));
            }
        }

        return
        [
            .. runs.GroupBy(r => (r.Row, r.Producers))
                .Select(g => g.OrderBy(r => r.Result.EventsPerSecond).ElementAt(g.Count() / 2)),
        ];
    }

    private TResult Run<TResult>(string table, string row, int producers)
        where TResult : IMeasured
    {
        var directory = Directory.CreateDirectory(Path.Combine(line.Directory, Guid.NewGuid().ToString("n")));
        try
        {
            var spec = new RunSpec(table, row, line.Events, producers, line.Seconds, line.Seed, directory.FullName);
            var result = ChildProcess.Measure<TResult>(spec);
            if (!result.Lines.IsExact)
            {
                FoundFault = true;
                progress.WriteLine($"{table}: {row}, {producers}: FAULT: {result.Lines}");
            }

            return result;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
