using System.Globalization;
using System.Runtime.InteropServices;
using TelemetryActors.AkkaNet.Agents;

namespace TelemetryActors.ClusterNode.Trial;

/// <summary><c>telemetry-node load</c>: an agent that keeps many runs going at once and reports them to collectors. For trying out a cluster.</summary>
/// <remarks>Ends its runs when its time is over or it is told to end, and then when everything was taken; exit code 1 when something was not.</remarks>
internal static class LoadCommand
{
    public const string Usage = "load --base DIR --seeds HOST:PORT,... [--host HOST] [--name NAME] [--runs 200] [--seconds 30] [--rate 5] [--patience 120]";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(string[] args)
    {
        var given = new TrialArguments(args, "base", "seeds", "host", "name", "runs", "seconds", "rate", "patience");
        given.Required("seeds");
        var name = given.Text("name") ?? "load";
        var seconds = given.Number("seconds", 30);
        await using var client = TelemetryClient.Start(Options(given, name));
        var fleet = new LoadFleet(client, name, (int)given.Number("runs", 200), given.Number("rate", 5));
        using var asked = new CancellationTokenSource();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => End(signal, asked));
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => End(signal, asked));
        await GoAsync(fleet, client, TimeSpan.FromSeconds(seconds), asked.Token);
        var taken = await TakenAsync(client, TimeSpan.FromSeconds(given.Number("patience", 120)));
        Tell(fleet, client, taken ? "done" : "not everything was taken");
        return taken && Sink(client) is { Dropped: 0 } ? 0 : 1;
    }

    // A flush gives an open circuit up at once, and letters are none of its; a load waits for the next probes, and until what was set aside was asked for again and taken.
    private static async Task<bool> TakenAsync(TelemetryClient client, TimeSpan patience)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (true)
        {
            var left = patience - time.GetElapsedTime(began);
            if (await client.FlushSinksAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, ClusterSinkRegistration.DefaultName)
                && Sink(client) is { DeadLettered: 0, Pending: 0 })
            {
                return true;
            }

            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static void End(PosixSignalContext signal, CancellationTokenSource asked)
    {
        signal.Cancel = true;
        asked.Cancel();
    }

    private static async Task GoAsync(LoadFleet fleet, TelemetryClient client, TimeSpan duration, CancellationToken asked)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        using var timer = new PeriodicTimer(Tick, time);
        var ticks = 0;
        while (time.GetElapsedTime(began) < duration && !asked.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            fleet.Work(Tick);
            if (++ticks % 10 == 0)
            {
                Tell(fleet, client, "running");
            }
        }

        fleet.EndAll();
        Tell(fleet, client, "ended");
    }

    private static TelemetryOptions Options(TrialArguments given, string name) =>
        new TelemetryOptions { BaseDirectory = given.Required("base"), Agent = name }.AddCluster(cluster =>
        {
            cluster.HostName = given.Text("host");
            foreach (var seed in given.List("seeds"))
            {
                cluster.Seeds.Add(seed);
            }
        });

    // Null while a disk that is slow holds up the pipeline.
    private static Supervision.SinkStatus? Sink(TelemetryClient client) => client.Sinks.FirstOrDefault(sink => sink.Name == ClusterSinkRegistration.DefaultName);

    private static void Tell(LoadFleet fleet, TelemetryClient client, string state)
    {
        var sent = Sink(client) is { } sink
            ? string.Create(CultureInfo.InvariantCulture, $"taken {sink.Delivered}, waiting {sink.Pending}, set aside {sink.DeadLettered}, circuit {sink.Circuit.State}{(sink.LastError is { } error ? $", last error: {error}" : "")}")
            : "nothing is sent yet: the base directory has not answered";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeProvider.System.GetUtcNow():HH:mm:ss} {state}: {fleet.Open} runs open, {fleet.Begun} begun, {fleet.Recorded} events, {fleet.Refused} refused; {sent}"));
    }
}
