using System.Diagnostics;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace TelemetryActors.AkkaNet.Benchmarks;

/// <summary>What the framework itself takes in a second, with nothing done to the events: no line is looked at, copied, appended or fsynced.</summary>
internal static class PeerRow
{
    private const int Capacity = 8192;
    private const int Group = 250;

    /// <summary>A message for each event, told to one actor.</summary>
    public static async Task<double[]> TellAsync(int events)
    {
        var system = Host.Start();
        var counting = system.ActorOf(CountingActor.Props);
        await TellAsync(counting, events);
        var values = await MeasureAsync(events, () => TellAsync(counting, events));
        await system.Terminate();
        return values;
    }

    /// <summary>An element for each event, through a bounded channel to a stream that makes batches of them.</summary>
    public static async Task<double[]> ChannelAsync(int events)
    {
        var system = Host.Start();
        using var materializer = system.Materializer();
        await StreamAsync(materializer, events);
        var values = await MeasureAsync(events, () => StreamAsync(materializer, events));
        await system.Terminate();
        return values;
    }

    private static async Task TellAsync(IActorRef counting, int events)
    {
        var line = new byte[1];
        for (var number = 0; number < events; number++)
        {
            counting.Tell(line);
        }

        Expect(events, await counting.Ask<int>(CountingActor.HowMany.Instance, Timeout.InfiniteTimeSpan));
    }

    private static async Task StreamAsync(IMaterializer materializer, int events)
    {
        var channel = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
        var counted = ChannelSource.FromReader(channel.Reader)
            .GroupedWithin(Group, TimeSpan.FromSeconds(1))
            .RunAggregate(0, (count, batch) => count + batch.Count(), materializer);
        var line = new byte[1];
        for (var number = 0; number < events; number++)
        {
            if (!channel.Writer.TryWrite(line))
            {
                await channel.Writer.WriteAsync(line);
            }
        }

        channel.Writer.Complete();
        Expect(events, await counted);
    }

    private static void Expect(int events, int counted)
    {
        if (counted != events)
        {
            throw new InvalidOperationException($"{events - counted} of {events} events did not come.");
        }
    }

    private static async Task<double[]> MeasureAsync(int events, Func<Task> work)
    {
        using var process = Process.GetCurrentProcess();
        var (cpu, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await work();
        var took = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        return [events / took.TotalSeconds, (process.TotalProcessorTime - cpu).TotalMicroseconds / events];
    }
}
