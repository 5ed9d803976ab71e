using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Store;

/// <summary>An event log of runs, made by the product's own client before the clock starts.</summary>
internal static class StoreInput
{
    private const int EventsOfARun = 1000;

    /// <summary>Records the events, each in a run of a thousand.</summary>
    public static void Record(string directory, int events, int seed)
    {
        using var client = TelemetryClient.Start("bench", options =>
        {
            options.BaseDirectory = directory;
            options.MaxWait = TimeSpan.FromSeconds(10);
            options.TrackSessions = false;
        });
        var input = EventGenerator.Create(events, seed);
        for (var first = 0; first < events; first += EventsOfARun)
        {
            using var run = client.StartRun("bench", "store");
            foreach (ref readonly var e in input.AsSpan(first, Math.Min(EventsOfARun, events - first)))
            {
                run.RecordAt(
                    "info", e.Name, ("seq", e.Seq), ("tool", e.Tool), ("duration_ms", e.DurationMs), ("tokens", e.Tokens), ("ok", e.Ok), ("target", e.Target));
            }
        }
    }
}
