using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>Lets sinks that have not sent a crash event yet do so now, instead of when a batch is full or old (S1.5).</summary>
/// <remarks>Used by the thread that starts the engine and by the heartbeat's.</remarks>
/// <param name="marks">Where crash events end.</param>
/// <param name="slots">Knows the writer slots; those of others are looked for when a mark names one.</param>
/// <param name="time">How often is looked.</param>
internal sealed class CrashShipping(CrashMarks marks, SlotKeeper slots, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<bool>> _underWay = [];
    private long _lookedAt;

    /// <summary>Looks, once a minute: a process may die while this one lives and has the sinks.</summary>
    public void Beat(IPipelineEngine engine, IReadOnlyList<string> sinks)
    {
        if (_lookedAt == 0 || time.GetElapsedTime(_lookedAt) >= Interval)
        {
            _lookedAt = time.GetTimestamp();
            Look(engine, sinks);
        }
    }

    /// <summary>Looks for crash events in front of a sink's cursor. A sink that is past them, open, paused or elsewhere, or may not send them now, is left alone until the next look.</summary>
    /// <exception cref="IOException">Nobody can look now.</exception>
    public void Look(IPipelineEngine engine, IReadOnlyList<string> sinks)
    {
        if (sinks.Count == 0 || marks.Read() is not { Count: > 0 } crashes)
        {
            return;
        }

        using var hold = _gate.EnterScope();
        if (crashes.Any(crash => slots.Sources.All(source => source.Slot != crash.Slot)))
        {
            slots.FindOthers();
        }

        // A stream that is no more, or events that are still in a dead writer's ring: no sink could get there now.
        SlotTail[] there = [.. crashes.Where(crash => slots.Sources.Any(source => source.Slot == crash.Slot && IsWithin(crash.Tail, source.Tail)))];
        if (there.Length == 0)
        {
            return;
        }

        foreach (var name in sinks.Where(name => _underWay.GetValueOrDefault(name) is not { IsCompleted: false }))
        {
            _underWay[name] = engine[name].FlushAsync(there, Interval, takesUpCutOff: true);
            engine.Wake(name);
        }
    }

    private static bool IsWithin(Cursor crash, Cursor tail) => crash.Stream == tail.Stream && crash.Ordinal <= tail.Ordinal;
}
