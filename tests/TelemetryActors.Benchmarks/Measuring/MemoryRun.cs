using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>Sends many events through a client of the <c>Small</c> preset and looks at its memory on the way. The log's files make room for each other.</summary>
internal static class MemoryRun
{
    private const int Looks = 20;
    private const int DistinctEvents = 1_000;
    private const long RetentionBytes = 256L * 1024 * 1024;
    private static readonly string[] Levels = ["debug", "info", "warning", "error"];

    public static MemoryResult Measure(RunSpec spec)
    {
        var events = EventGenerator.Create(DistinctEvents, spec.Seed);
        var before = Heap();
        using var client = TelemetryClient.Start("bench", options =>
        {
            options.BaseDirectory = spec.Directory;
            options.Preset = TelemetryPreset.Small;
            options.Log.RetentionBytes = RetentionBytes;

            // At full speed a busy disk is waited for; what is refused would not be in the account.
            options.MaxWait = TimeSpan.FromSeconds(10);
        });
        var looks = new List<long>();
        for (var look = 0; look < Looks; look++)
        {
            Write(client, events, look * (long)spec.Events / Looks, (look + 1) * (long)spec.Events / Looks);
            looks.Add(Heap() - before);
        }

        client.FlushAsync().AsTask().GetAwaiter().GetResult();
        var log = client.Sinks[0];
        return new MemoryResult(
            looks[0],
            looks[^1],
            looks.Max(),
            Client.ClientStart.RingBytes(new TelemetryOptions { Preset = TelemetryPreset.Small }),
            Environment.WorkingSet,
            spec.Events,
            log.Accounts.Sum(account => account.Delivered),
            client.Sinks.All(sink => sink.Accounts.All(account => account.IsBalanced)));
    }

    private static void Write(TelemetryClient client, BenchEvent[] events, long from, long to)
    {
        for (var at = from; at < to; at++)
        {
            ref readonly var e = ref events[at % events.Length];
            var result = client.RecordAt(
                Levels[(int)e.Level], e.Name, ("seq", at), ("tool", e.Tool), ("duration_ms", e.DurationMs), ("tokens", e.Tokens), ("ok", e.Ok), ("target", e.Target));
            if (!result.IsAccepted)
            {
                throw new InvalidOperationException($"Event {at} was refused: {result}.");
            }
        }
    }

    private static long Heap() => GC.GetTotalMemory(forceFullCollection: true);
}
