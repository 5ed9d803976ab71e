using System.Diagnostics;
using Akka.Actor;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>How long a new process takes, and what it holds then.</summary>
internal static class StartUpRow
{
    private const double MB = 1e6;

    public static async Task<double[]> BareAsync(long startedAt)
    {
        var system = Host.Start();
        await AnswerAsync(system);
        return Measured(startedAt);
    }

    public static async Task<double[]> TelemetryAsync(string directory, long startedAt)
    {
        var system = Host.Start();
        using var client = Host.Start(system, directory);
        if (!client.Record("started").IsAccepted)
        {
            throw new InvalidOperationException("The first event was refused.");
        }

        await AnswerAsync(system);
        var ms = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;

        // What it holds counts when its engine is up.
        await client.FlushAsync();
        return [ms, .. Measured(startedAt)[1..]];
    }

    private static async Task AnswerAsync(ActorSystem system) =>
        await system.ActorOf(EchoActor.Props).Ask<string>("ping");

    private static double[] Measured(long startedAt)
    {
        using var process = Process.GetCurrentProcess();
        return [Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds, process.WorkingSet64 / MB, GC.GetTotalMemory(forceFullCollection: true) / MB];
    }
}
