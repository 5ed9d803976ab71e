using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using TelemetryActors.AkkaNet.Collectors;
using TelemetryActors.AkkaNet.Runs;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>How many events two collectors take together: a process each, the agents in the first, each run where its shard is.</summary>
internal static class ShardedRow
{
    // A batch is longer under way than in one process.
    private const int Window = 8;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <param name="directory">Where both keep their logs.</param>
    /// <param name="events">How many.</param>
    /// <param name="isBare">Whether the shards only answer, without the pipeline: what cluster, serializer and network take of the same batches.</param>
    /// <returns>Events a second until all are answered - fsynced, with the pipeline - and how many of a hundred the second node took.</returns>
    public static async Task<double[]> MeasureAsync(string directory, int events, bool isTouched, bool isBare)
    {
        var port = FreePort();
        var (system, client, region) = Start(Path.Combine(directory, "first"), port, port, isBare);
        using var second = StartSecond(Path.Combine(directory, "second"), port, isBare);
        await UntilAsync(() => Cluster.Get(system).State.Members.Count(member => member.Status == MemberStatus.Up) == 2);
        await WritingRow.WarmUpAsync(async round =>
        {
            await WritingRow.SendAsync(system, region, $"warm{round}", events / WritingRow.WarmUps, Window);
            await RestAsync(second);
        });
        (isTouched ? Ballast.Lay(directory, events) : null)?.Free();
        var started = Stopwatch.GetTimestamp();
        await WritingRow.SendAsync(system, region, "run", events, Window);
        var took = Stopwatch.GetElapsedTime(started);

        second.StandardInput.Close();
        await second.WaitForExitAsync();
        client.Dispose();
        await system.Terminate();
        if (isBare)
        {
            return [events / took.TotalSeconds, double.NaN];
        }

        var (here, there) = (Lines(directory, "first"), Lines(directory, "second"));
        return here + there >= events
            ? [events / took.TotalSeconds, 100.0 * there / (here + there)]
            : throw new InvalidOperationException($"{events - here - there} of {events} events are not in the logs.");
    }

    /// <summary>The second node; says that its compiler rests when it is asked, and ends with its input.</summary>
    public static async Task<double[]> SecondAsync(string directory, int firstPort, bool isBare)
    {
        var (system, client, _) = Start(directory, FreePort(), firstPort, isBare);
        while (await Console.In.ReadLineAsync() is { } question)
        {
            await Compiler.RestAsync();
            Console.WriteLine(question);
        }

        client.Dispose();
        await system.Terminate();
        return [];
    }

    private static async Task RestAsync(Process node)
    {
        await node.StandardInput.WriteLineAsync("rest");
        await node.StandardInput.FlushAsync();
        await node.StandardOutput.ReadLineAsync();
    }

    private static (ActorSystem System, TelemetryClient Client, IActorRef Region) Start(string directory, int port, int firstPort, bool isBare)
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
        var telemetry = SystemTelemetry.Attach(system, () => client);
        return (system, client, isBare ? StartBare(system) : RunRegion.Start(system, telemetry));
    }

    private static IActorRef StartBare(ActorSystem system) =>
        ClusterSharding.Get(system).Start("bare", _ => TakingActor.Props, ClusterShardingSettings.Create(system), new RunMessageExtractor());

    private static Process StartSecond(string directory, int firstPort, bool isBare)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments = [.. Table.Program(), "row", isBare ? "sharded-second-bare" : "sharded-second", directory, firstPort.ToString(CultureInfo.InvariantCulture), "0"];
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
