using System.Diagnostics;
using System.Globalization;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>Runs the rows of a table in turns, each in a process of its own, and prints the medians.</summary>
internal static class Table
{
    private static readonly Dictionary<string, (string Title, string[] Rows, string[] Columns)> Tables = new()
    {
        ["writing"] = ("Writing: events through run actors, buffer and stream to the event log, fsynced; the framework by itself", ["disk", "threads", "actors", "actors-wire", "tell", "channel-grouped"], ["events/s", "CPU us/event"]),
        ["sharded"] = ("Sharded: two nodes take events together, a process each, fsynced; shards that only answer", ["two-nodes", "bare-shards"], ["events/s", "% on the second"]),
        ["start-up"] = ("Start-up: a new process up to its first event or message", ["bare", "telemetry"], ["ms", "working set MB", "managed heap MB"]),
        ["host"] = ("Host: an actor of the host answers a ping", ["quiet", "telemetry", "faulty"], ["p50 us", "p99 us", "p99.9 us"]),
    };

    public static async Task PrintAsync(string name, int events, int rounds, string directory, bool isTouched)
    {
        var (title, rows, columns) = Tables[name];
        var measured = rows.ToDictionary(row => row, _ => new List<double[]>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var row in rows)
            {
                measured[row].Add(await MeasureAsync($"{name}-{row}", events, directory, isTouched));
            }
        }

        Console.WriteLine($"\n## {title}\n\n| row | {string.Join(" | ", columns)} |\n|---|{string.Concat(columns.Select(_ => "---:|"))}");
        foreach (var row in rows)
        {
            var medians = columns.Select((_, column) => Median(measured[row].Select(values => values[column])));
            Console.WriteLine($"| {row} | {string.Join(" | ", medians.Select(value => double.IsNaN(value) ? "-" : value.ToString("#,0.##", CultureInfo.InvariantCulture)))} |");
        }

        if (name is "writing" or "sharded")
        {
            foreach (var limit in name == "writing" ? (string[])["disk", "threads"] : ["bare-shards"])
            {
                var ratios = rows.Select(row => Median(measured[row].Zip(measured[limit], (mine, most) => mine[0] / most[0])));
                Console.WriteLine($"\nevents/s over `{limit}`, round by round: {string.Join(", ", rows.Zip(ratios, (row, ratio) => string.Create(CultureInfo.InvariantCulture, $"{row} {ratio:0.00}")))}");
            }
        }
    }

    private static async Task<double[]> MeasureAsync(string row, int events, string directory, bool isTouched)
    {
        var own = Directory.CreateDirectory(Path.Combine(directory, $"telemetryactors-{Guid.NewGuid():N}")).FullName;
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
            foreach (var argument in (string[])[.. Program(), "row", row, own, events.ToString(CultureInfo.InvariantCulture), Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture), isTouched ? Row.Touched : "untouched"])
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0
                ? [.. output.Trim().Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))]
                : throw new InvalidOperationException($"{row} ended with {process.ExitCode}: {output}");
        }
        finally
        {
            Directory.Delete(own, recursive: true);
        }
    }

    // Started as `dotnet x.dll`, the process is dotnet and wants the assembly first.
    public static string[] Program() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Table).Assembly.Location] : [];

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
