using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Processes;
using TelemetryActors.Supervision;
using TelemetryActors.TestKit;
using Xunit;
using Xunit.Abstractions;

namespace TelemetryActors.Tests.Engine;

/// <summary>Three sinks dead for six hours while events pass: one throws, one hangs, one refuses to let us in.</summary>
[Collection(AloneCollection.Name)]
[Trait("Feature", "SK.6")]
[Trait("Feature", "S1.17")]
public sealed class SixHoursSpec(ITestOutputHelper output) : IDisposable
{
    private const int Stages = 12;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // What the heap may grow by while millions of events wait for three sinks; the buffers are there from the start.
    private const long MostGrowth = 4 * 1024 * 1024;

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetryactors-").FullName;
    private readonly ManualTime _time = new();
    private readonly NumberedSource _source = new();
    private readonly ManualResetEventSlim _hang = new();

    private static int Events => ProcessFolder.IsLong ? 5_000_000 : 250_000;

    public void Dispose()
    {
        _hang.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void The_fourth_gets_everything_memory_stays_and_all_drains_in_order()
    {
        var throwing = new OrderedSink(() => throw new InvalidOperationException("thrown by the test"));
        var hanging = new OrderedSink(() =>
        {
            _hang.Wait();
            return ValueTask.FromResult<SinkOutcome>(new SinkOutcome.Retry("too late"));
        });
        var refusing = new OrderedSink(() => ValueTask.FromResult<SinkOutcome>(new SinkOutcome.Misconfigured("403")));
        var healthy = new OrderedSink(null);
        using var running = Start(("throwing", throwing), ("hanging", hanging), ("refusing", refusing), ("healthy", healthy));
        var engine = running.Engine;
        _source.Append(1000);
        Eventually.True(() => engine.Statuses.Count(status => status.Circuit.State == CircuitState.Open || status.LastError == "timeout") == 3, () => Seen(engine), () => Pass(engine, Second));

        var heap = new List<long>();
        var per = Events / Stages;
        for (var stage = 0; stage < Stages; stage++)
        {
            for (var part = 0; part < per; part += 1000)
            {
                _source.Append(Math.Min(1000, per - part));
            }

            // Settled, not only in the sink's hands: the time that passes would end a call whose outcome nobody has taken yet.
            Eventually.Equal(_source.Tail.Ordinal, () => engine["healthy"].Status.Delivered, () => Pass(engine, Tick));
            _time.Advance(TimeSpan.FromMinutes(30));
            heap.Add(GC.GetTotalMemory(forceFullCollection: true));
        }

        var total = _source.Tail.Ordinal;
        Assert.Equal((0L, 0L, 0L), (throwing.Taken, hanging.Taken, refusing.Taken));
        Eventually.True(() => Names(engine, "throwing", "hanging", "refusing").All(status => status.Pending == total), () => Seen(engine), () => Pass(engine, Second));
        output.WriteLine($"{total} events, heap after each stage in KB: {string.Join(' ', heap.Select(bytes => bytes / 1024))}");

        // Of the first two the one with more: not every buffer is there at each look of the first hour.
        Assert.InRange(heap.Skip(2).Max() - heap.Take(2).Max(), long.MinValue, MostGrowth);

        // Two probe after six hours, in vain, and are open again; the one that hangs is open once its call has lasted six time limits.
        Eventually.True(() => Names(engine, "throwing", "refusing").All(status => status.Circuit.State == CircuitState.Open), () => Seen(engine), () => Pass(engine, Second));
        throwing.Recover();
        refusing.Recover();
        hanging.Recover();
        _hang.Set();
        Eventually.True(() => engine.Statuses.All(status => status.Pending == 0 && status.Circuit.State == CircuitState.Closed), () => Seen(engine), () => PassTimeOfNobodysCall(engine));

        foreach (var sink in new[] { throwing, hanging, refusing, healthy })
        {
            Assert.Equal((total, 0L), (sink.Taken, sink.OutOfOrder));
        }

        Assert.All(engine.Statuses.SelectMany(status => status.Accounts), account => Assert.True(account.IsBalanced, account.ToString()));
        Assert.All(engine.Statuses, status => Assert.Equal((total, total, 0L), (status.Accepted, status.Delivered, status.Dropped)));
        output.WriteLine($"heap after draining {GC.GetTotalMemory(forceFullCollection: true) / 1024} KB");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - heap.Take(2).Max(), long.MinValue, MostGrowth);
    }

    private static IEnumerable<SinkStatus> Names(LocalEngine engine, params string[] names) => engine.Statuses.Where(status => names.Contains(status.Name));

    private static string Seen(LocalEngine engine) =>
        string.Join("; ", engine.Statuses.Select(status => $"{status.Name} {status.Circuit.State} until {status.Circuit.OpenUntil} pending {status.Pending} {status.LastError}"));

    private Running Start(params (string Name, ISink Sink)[] sinks)
    {
        IEventSource[] sources = [_source];
        var policy = SinkPolicies.Remote with { FlushEvents = 500, FlushInterval = TimeSpan.FromSeconds(1) };
        var engine = new LocalEngine(
            new PipelineDefinition(sinks.Select(sink => new SinkDefinition(sink.Name, policy, _ => sink.Sink))),
            new EngineEnvironment
            {
                BaseDirectory = _directory,
                Sources = () => sources,
                Signal = _source,
                Raise = _ => { },
                Time = _time,
                Jitter = () => 0,
            });
        engine.Start();
        return new Running(this, engine);
    }

    // A sink that hangs is let go, whatever the spec has seen until then.
    private sealed class Running(SixHoursSpec spec, LocalEngine engine) : IDisposable
    {
        public LocalEngine Engine => engine;

        public void Dispose()
        {
            spec._hang.Set();
            var stopped = engine.StopAsync();
            Eventually.True(() => stopped.IsCompleted);
        }
    }

    // A clock that ran while a busy machine makes a call would make it run out of time: not while the one is called that nothing is wrong with.
    private void Pass(LocalEngine engine, TimeSpan time)
    {
        if (!engine["healthy"].Status.IsBusy)
        {
            _time.Advance(time);
        }
    }

    // Nor while any is, once all work.
    private void PassTimeOfNobodysCall(LocalEngine engine)
    {
        if (!engine.Statuses.Any(status => status.IsBusy))
        {
            _time.Advance(TimeSpan.FromSeconds(10));
        }
    }
}
