using System.Globalization;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>Which tables to run, and how large.</summary>
internal static class CommandLine
{
    private const string Usage = "usage: [writing|sharded|start-up|host]... [--events N] [--rounds N] [--dir DIRECTORY] [--touched]";

    /// <returns>0; 1 when a row lost an event; 2 for a wrong call.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["row", var row, .. var rest])
        {
            Console.WriteLine(await Row.MeasureAsync(row, rest));
            return 0;
        }

        var tables = new List<string>();
        var (events, rounds, directory, isTouched) = (2_000_000, 3, Path.GetTempPath(), false);
        for (var index = 0; index < args.Length; index++)
        {
            switch (args[index])
            {
                case "--events" when index + 1 < args.Length && int.TryParse(args[index + 1], CultureInfo.InvariantCulture, out events):
                case "--rounds" when index + 1 < args.Length && int.TryParse(args[index + 1], CultureInfo.InvariantCulture, out rounds):
                    index++;
                    break;
                case "--dir" when index + 1 < args.Length:
                    directory = args[++index];
                    break;
                case "--touched":
                    isTouched = true;
                    break;
                case "writing" or "sharded" or "start-up" or "host":
                    tables.Add(args[index]);
                    break;
                default:
                    Console.Error.WriteLine(Usage);
                    return 2;
            }
        }

        foreach (var table in tables.Count == 0 ? ["writing", "sharded", "start-up", "host"] : tables)
        {
            await Table.PrintAsync(table, events, rounds, directory, isTouched);
        }

        return 0;
    }
}
