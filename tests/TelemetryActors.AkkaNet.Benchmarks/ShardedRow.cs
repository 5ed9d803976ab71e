using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using TelemetryActors.AkkaNet.Collectors;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>How many events two collectors take together: a process each, the agents in the first, each run where its shard is.</summary>
internal static class ShardedRow
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <returns>Events a second until all are fsynced, and how many of a hundred the second node took.</returns>
    public static async Task<double[]> MeasureAsync(string directory, int events)
    {
        var port = FreePort();
        var (system, client, region) = Start(Path.Combine(directory, "first"), port, port);
        using var second = StartSecond(Path.Combine(directory, "second"), port);
        await UntilAsync(() => Cluster.Get(system).State.Members.Count(member => member.Status == MemberStatus.Up) == 2);
        await WritingRow.SendAsync(system, region, "warm", events);
        var started = Stopwatch.GetTimestamp();
        await WritingRow.SendAsync(system, region, "run", events);
        var took = Stopwatch.GetElapsedTime(started);

        second.StandardInput.Close();
        await second.WaitForExitAsync();
        client.Dispose();
        await system.Terminate();
        var (here, there) = (Lines(directory, "first"), Lines(directory, "second"));
        return here + there >= events
            ? [events / took.TotalSeconds, 100.0 * there / (here + there)]
            : throw new InvalidOperationException($"{events - here - there} of {events} events are not in the logs.");
    }

    /// <summary>The second node; ends with its input.</summary>
    public static async Task<double[]> SecondAsync(string directory, int firstPort)
    {
        var (system, client, _) = Start(directory, FreePort(), firstPort);
        await Console.In.ReadToEndAsync();
        client.Dispose();
        await system.Terminate();
        return [];
    }

    private static (ActorSystem System, TelemetryClient Client, IActorRef Region) Start(string directory, int port, int firstPort)
    {
        var system = ActorSystem.Create("telemetry", ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor.provider = cluster
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
              cluster {
                roles = [collector]
                seed-nodes = ["akka.tcp://telemetry@127.0.0.1:{{firstPort}}"]
                sharding {
                  remember-entities-store = eventsourced
                  state-store-mode = ddata
                  journal-plugin-id = "telemetryactors.journal"
                  snapshot-plugin-id = "telemetryactors.snapshot-store"
                }
              }
            }
            """).WithFallback(EngineSettings.Reference));
        var client = Host.Start(system, directory, options => options.Preset = TelemetryPreset.Collector);
        return (system, client, RunRegion.Start(system, SystemTelemetry.Attach(system, () => client)));
    }

    private static Process StartSecond(string directory, int firstPort)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments = [.. Table.Program(), "row", "sharded-second", directory, firstPort.ToString(CultureInfo.InvariantCulture), "0"];
        Array.ForEach(arguments, start.ArgumentList.Add);
        return Process.Start(start)!;
    }

    private static long Lines(string directory, string node) => WritingRow.LinesIn(Path.Combine(directory, node), "\"agent\":\"run-");

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var timer = new PeriodicTimer(Look);
        while (!holds())
        {
            await timer.WaitForNextTickAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
