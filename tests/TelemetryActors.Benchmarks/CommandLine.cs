using System.Globalization;
using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Durable;
using TelemetryActors.Benchmarks.Measuring;
using TelemetryActors.Benchmarks.Store;

namespace TelemetryActors.Benchmarks;

/// <summary>What to run.</summary>
internal sealed record CommandLine
{
    /// <summary>How to call the program.</summary>
    public static string Usage { get; } = $"""
        benchmarks [rows...] [options]
          rows                of the tables: {string.Join(' ', KnownRows)} (default: all)
          --tables a,b        {string.Join(',', TableNames.All)} (default: all)
          --events N          events of a writing, memory or sqlite run (default 1000000)
          --producers 1,2,8   producer threads of the writing runs
          --waiters 1,8,64    waiters of the durability runs (default 1,8,64,512)
          --seconds N         length of a paced or durability run (default 3)
          --rounds N          rounds over the rows; the median of each row counts (default 1)
          --seed N            seed of the input
          --dir D             where to write (default artifacts/benchmarks); a memory file system makes fsync free
        """;

    public IReadOnlyList<string> Rows { get; private init; } = KnownRows;

    public IReadOnlyList<string> Tables { get; private init; } = TableNames.All;

    public int Events { get; private init; } = 1_000_000;

    public IReadOnlyList<int> Producers { get; private init; } = [1, 2, 8];

    public IReadOnlyList<int> Waiters { get; private init; } = [1, 8, 64, 512];

    public int Seconds { get; private init; } = 3;

    public int Rounds { get; private init; } = 1;

    public int Seed { get; private init; } = 20261120;

    public string Directory { get; private init; } = Path.GetFullPath(Path.Combine("artifacts", "benchmarks"));

    private static IReadOnlyList<string> KnownRows => [.. ContenderCatalog.Names.Union(DurableCatalog.Names).Union(StoreRun.Names)];

    /// <summary>Reads the arguments; throws <see cref="ArgumentException"/> for what it does not know.</summary>
    public static CommandLine Parse(string[] args)
    {
        var line = new CommandLine();
        var rows = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                rows.Add(Known(args[i], KnownRows));
                continue;
            }

            var option = args[i];
            var value = ++i < args.Length ? args[i] : throw new ArgumentException($"{option} needs a value");
            line = option switch
            {
                "--tables" => line with { Tables = [.. value.Split(',').Select(t => Known(t, TableNames.All))] },
                "--events" => line with { Events = Number(value) },
                "--producers" => line with { Producers = Numbers(value) },
                "--waiters" => line with { Waiters = Numbers(value) },
                "--seconds" => line with { Seconds = Number(value) },
                "--rounds" => line with { Rounds = Number(value) },
                "--seed" => line with { Seed = Number(value) },
                "--dir" => line with { Directory = Path.GetFullPath(value) },
                _ => throw new ArgumentException($"unknown option {option}"),
            };
        }

        return rows.Count == 0 ? line : line with { Rows = rows };
    }

    private static string Known(string name, IReadOnlyList<string> names) =>
        names.Contains(name) ? name : throw new ArgumentException($"unknown name {name}");

    private static int[] Numbers(string value) => [.. value.Split(',').Select(Number)];

    private static int Number(string value) => int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number
        : throw new ArgumentException($"{value} is not a number above 0");
}
