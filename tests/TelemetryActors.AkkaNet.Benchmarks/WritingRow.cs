using System.Diagnostics;
using Akka.Actor;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>How many events come through in a second, until all are fsynced in the event log.</summary>
internal static class WritingRow
{
    /// <summary>How often it is warmed up.</summary>
    public const int WarmUps = 4;

    private const int Runs = 64;
    private const int BatchEvents = 200;
    private const int EachTime = Runs * BatchEvents;
    private const int Window = 8;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly string[] Levels = ["debug", "info", "warning", "error"];

    /// <summary>The product's own front door: one thread records one run's events, as in the writing table of the other benchmarks.</summary>
    public static async Task<double[]> OnThreadsAsync(string directory, int events, bool isTouched)
    {
        await using var client = TelemetryClient.Start("bench", options =>
        {
            options.BaseDirectory = directory;
            options.Preset = TelemetryPreset.Collector;
            options.MaxWait = LongestWait;
        });
        using var run = client.StartRun("bench", "write");
        await WarmUpAsync(_ => RecordAsync(client, run, events / WarmUps));
        return await MeasureAsync(directory, events, isTouched, () => RecordAsync(client, run, events));
    }

    /// <summary>The second door: batches of lines for many runs, each told when an earlier one was answered.</summary>
    public static async Task<double[]> OnActorsAsync(string directory, int events, bool isTouched, bool overWire)
    {
        var system = Host.Start();
        var client = Host.Start(system, directory, options => options.Preset = TelemetryPreset.Collector);
        var runs = ((AkkaEngine)client.Pipeline.Engine!).Guardian;
        var door = overWire ? system.ActorOf(Props.Create(() => new WireActor(runs))) : runs;
        await WarmUpAsync(round => SendAsync(system, door, $"warm{round}", events / WarmUps));
        var values = await MeasureAsync(directory, events, isTouched, () => SendAsync(system, door, "run", events));
        client.Dispose();
        await system.Terminate();
        return values;
    }

    /// <summary>A few times before the clock starts: what is called often is compiled twice over, and each time it must be called often again.</summary>
    public static async Task WarmUpAsync(Func<int, Task> round)
    {
        for (var number = 0; number < WarmUps; number++)
        {
            await round(number);
            await Compiler.RestAsync();
        }
    }

    private static async Task RecordAsync(TelemetryClient client, TelemetryRun run, int events)
    {
        for (var number = 0; number < events; number++)
        {
            var result = run.RecordAt(
                Levels[number & 3], "tool_call", ("seq", number), ("tool", "search"), ("duration_ms", 12.125), ("tokens", 512), ("ok", true),
                ("target", "https://example.com/a/path/of/some/length"));
            if (!result.IsAccepted)
            {
                throw new InvalidOperationException($"Event {number} was refused: {result}.");
            }
        }

        await client.FlushAsync();
    }

    /// <summary>As many agents as there are runs, until each has every batch answered.</summary>
    public static Task<int[]> SendAsync(ActorSystem system, IActorRef door, string name, int events, int window = Window) => Task.WhenAll(Enumerable.Range(0, Runs).Select(run =>
        system.ActorOf(Props.Create(() => new AgentActor(door, $"{name}-{run}", run, (events + EachTime - 1) / EachTime, BatchEvents, window))).Ask<int>(new AgentActor.Go(), Timeout.InfiniteTimeSpan)));

    private static async Task<double[]> MeasureAsync(string directory, int events, bool isTouched, Func<Task> work)
    {
        using var process = Process.GetCurrentProcess();
        var before = LinesIn(directory);
        (isTouched ? Ballast.Lay(directory, events) : null)?.Free();
        var (cpu, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await work();
        var took = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        cpu = process.TotalProcessorTime - cpu;
        var written = LinesIn(directory) - before;
        return written >= events ? [events / took.TotalSeconds, cpu.TotalMicroseconds / events] : throw new InvalidOperationException($"{events - written} of {events} events are not in the log.");
    }

    // Lines of the benchmark's events only: the log has its own.
    public static long LinesIn(string directory, string mark = "\"tool_call\"") => !Directory.Exists(Path.Combine(directory, "raw")) ? 0
        : Directory.GetFiles(Path.Combine(directory, "raw"), "*.ndjson").Sum(file => File.ReadLines(file).LongCount(line => line.Contains(mark, StringComparison.Ordinal)));
}
