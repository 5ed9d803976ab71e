using System.Diagnostics;
using TelemetryActors.Benchmarks.Contenders;
using TelemetryActors.Benchmarks.Events;

namespace TelemetryActors.Benchmarks.Measuring;

/// <summary>One producer thread: hands its share of the events over, and times some of the calls.</summary>
internal sealed class Producer
{
    private const int TimedOneIn = 8;

    private readonly IContender _contender;
    private readonly ArraySegment<BenchEvent> _events;
    private readonly int _number;
    private readonly long _ticksPerEvent;
    private readonly ManualResetEventSlim _start;
    private readonly Thread _thread;

    /// <summary>Starts the thread; it waits for <paramref name="start"/>.</summary>
    /// <param name="contender">Open when <paramref name="start"/> is set.</param>
    /// <param name="events">This producer's share.</param>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="eventsPerSecond">The pace; 0 = as fast as it goes.</param>
    /// <param name="start">The signal all producers wait for.</param>
    public Producer(IContender contender, ArraySegment<BenchEvent> events, int number, int eventsPerSecond, ManualResetEventSlim start)
    {
        (_contender, _events, _number, _start) = (contender, events, number, start);
        _ticksPerEvent = eventsPerSecond == 0 ? 0 : Stopwatch.Frequency / eventsPerSecond;
        Samples = new long[eventsPerSecond == 0 ? (events.Count + TimedOneIn - 1) / TimedOneIn : events.Count];
        _thread = new Thread(Run) { Name = $"producer-{number}" };
        _thread.Start();
    }

    /// <summary>The timed calls, in ticks of <see cref="Stopwatch"/>.</summary>
    public long[] Samples { get; }

    /// <summary>What the thread allocated during its calls.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Waits until all is handed over.</summary>
    public void Join() => _thread.Join();

    private void Run()
    {
        _start.Wait();
        var before = GC.GetAllocatedBytesForCurrentThread();
        if (_ticksPerEvent == 0)
        {
            HandOver();
        }
        else
        {
            HandOverPaced();
        }

        AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void HandOver()
    {
        var events = _events.AsSpan();
        for (var i = 0; i < events.Length; i++)
        {
            if (i % TimedOneIn == 0)
            {
                Samples[i / TimedOneIn] = Timed(events[i]);
            }
            else
            {
                _contender.Write(_number, events[i]);
            }
        }
    }

    private void HandOverPaced()
    {
        var events = _events.AsSpan();
        var due = Stopwatch.GetTimestamp();
        for (var i = 0; i < events.Length; i++, due += _ticksPerEvent)
        {
            // The copy, because whoever records an event has its values at hand.
            var e = events[i];
            while (Stopwatch.GetTimestamp() < due)
            {
                Thread.SpinWait(1);
            }

            Samples[i] = Timed(e);
        }
    }

    private long Timed(in BenchEvent e)
    {
        var start = Stopwatch.GetTimestamp();
        _contender.Write(_number, e);
        return Stopwatch.GetTimestamp() - start;
    }
}
