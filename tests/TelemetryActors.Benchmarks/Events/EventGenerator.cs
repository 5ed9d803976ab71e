using System.Globalization;

namespace TelemetryActors.Benchmarks.Events;

/// <summary>Makes the input: the same events for the same seed, without personal data.</summary>
internal static class EventGenerator
{
    /// <summary>The <see cref="BenchEvent.Seq"/> of the first event; high, so that all have the same width.</summary>
    public const long FirstSeq = 10_000_000;

    private const int EventsPerRun = 200;

    // Few enough to stay in the cache: a program has just made the strings that it records.
    private const int DistinctTargets = 256;

    /// <summary>The names that events are given.</summary>
    public static IReadOnlyList<string> Names => AllNames;

    private static readonly string[] AllNames =
        ["tool_call_finished", "checkpoint_written", "page_fetch_done", "model_call_finished", "queue_item_taken", "cache_lookup_done"];

    private static readonly string[] Tools =
        ["catalog_search", "page_fetcher", "price_extractor", "vector_lookup", "schema_check", "image_resizer", "diff_builder"];

    private static readonly string[] Sections = ["garden", "kitchen", "lighting", "bicycles", "stationery", "instruments"];

    /// <summary>The first <paramref name="count"/> events of a seed.</summary>
    public static BenchEvent[] Create(int count, int seed)
    {
        var random = new Random(seed);
        var targets = Strings(DistinctTargets, () => Target(random));
        var runs = Strings((count / EventsPerRun) + 1, () => RunId(random));
        var events = new BenchEvent[count];
        for (var i = 0; i < count; i++)
        {
            events[i] = new BenchEvent(
                Pick(AllNames, random),
                runs[i / EventsPerRun],
                Level(random.Next(100)),
                FirstSeq + i,
                Pick(Tools, random),
                Math.Round(Math.Exp(random.NextDouble() * 7), 3),
                random.Next(1, 20_000),
                random.Next(100) < 96,
                Pick(targets, random));
        }

        return events;
    }

    private static BenchLevel Level(int percent) => percent switch
    {
        < 20 => BenchLevel.Debug,
        < 94 => BenchLevel.Info,
        < 98 => BenchLevel.Warning,
        _ => BenchLevel.Error,
    };

    private static string RunId(Random random) => new(random.GetItems<char>("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 26));

    private static string Target(Random random) => string.Create(
        CultureInfo.InvariantCulture,
        $"shop/{Pick(Sections, random)}/item-{random.Next(1 << 20, 1 << 28):x7}/page/{random.Next(1, 400)}/offers");

    private static string[] Strings(int count, Func<string> make)
    {
        var strings = new string[count];
        for (var i = 0; i < count; i++)
        {
            strings[i] = make();
        }

        return strings;
    }

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];
}
