using System.Diagnostics;
using Akka.Actor;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>How long one of the host's own actors takes to answer, while the host records four thousand events a second.</summary>
internal static class HostRow
{
    private const int Pings = 20_000;
    private const int WarmUp = 2_000;
    private const int EventsAPing = 2;
    private static readonly TimeSpan Pace = TimeSpan.FromMicroseconds(500);

    /// <summary>What the telemetry delivers to.</summary>
    internal enum Sinks
    {
        None,
        Healthy,
        Faulty,
    }

    public static async Task<double[]> MeasureAsync(string? directory, Sinks sinks)
    {
        var system = Host.Start();
        using var client = directory is null ? null : Host.Start(system, directory, options =>
        {
            if (sinks == Sinks.Faulty)
            {
                options.Sinks.Add(Define("throwing", () => throw new InvalidOperationException("thrown by the benchmark")));
                options.Sinks.Add(Define("hanging", () => new ManualResetEventSlim().Wait()));
                options.Sinks.Add(Define("busy", () => Spin(TimeSpan.FromMilliseconds(1))));
            }
        });
        var echo = system.ActorOf(EchoActor.Props);
        var times = new List<double>(Pings);
        for (var ping = 0; ping < Pings + WarmUp; ping++)
        {
            for (var number = 0; number < EventsAPing; number++)
            {
                client?.Record("ping", ("n", ping), ("number", number));
            }

            var sent = Stopwatch.GetTimestamp();
            await echo.Ask<int>(ping);
            if (ping >= WarmUp)
            {
                times.Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
            }

            Spin(Pace - Stopwatch.GetElapsedTime(sent));
        }

        times.Sort();
        return [times[Pings / 2], times[Pings / 100 * 99], times[Pings / 1000 * 999]];
    }

    private static SinkDefinition Define(string name, Action deliver) => new(name, SinkPolicies.EventLog, _ => new ActingSink(deliver));

    private static void Spin(TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            Thread.SpinWait(20);
        }
    }

    private sealed class ActingSink(Action deliver) : ISink
    {
        public ValueTask<SinkOutcome> DeliverAsync(SinkBatch batch, CancellationToken cancellation)
        {
            deliver();
            return ValueTask.FromResult(SinkOutcome.Delivered);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
