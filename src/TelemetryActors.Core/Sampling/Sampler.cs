using System.Collections.Concurrent;

namespace TelemetryActors.Sampling;

/// <summary>Decides which events are admitted and how many each stands for (S2.7, S2.67, U.5).</summary>
/// <remarks>
/// Safe for any number of threads; reads no clock and draws no number; allocates only at the first event of a name. Errors,
/// sessions, runs and the library's own events (<c>error</c>, <c>runtime_error</c>, <c>error.</c>, <c>session.</c>, <c>run_</c>, <c>run.</c>, <c>telemetry.</c>)
/// are admitted in every mode but <see cref="SamplingMode.Never"/>. The throttle keeps windows for 4096 names; all names beyond
/// them share one window, so a flood of names is throttled as if it were one.
/// </remarks>
public sealed class Sampler
{
    /// <summary>How many names have a window of their own.</summary>
    public const int MaxNames = 4096;

    private static readonly string[] Bypassing = ["error.", "session.", "run_", "run.", "telemetry."];

    private readonly SamplingMode _mode;
    private readonly ulong _threshold;
    private readonly int _weight;
    private readonly TimeSpan _window;
    private readonly int _maxEvents;

    private readonly ConcurrentDictionary<string, ThrottleWindow> _windows = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ThrottleWindow>.AlternateLookup<ReadOnlySpan<char>> _byName;
    private readonly ThrottleWindow _shared = new();
    private int _names;

    /// <summary>Takes a copy of the options.</summary>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public Sampler(SamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(" ", faults), nameof(options));
        }

        _mode = options.Mode;
        _threshold = (ulong)Math.Round(options.Rate * (1UL << 32));
        _weight = options.Rate > 0 ? (int)Math.Min(int.MaxValue, Math.Round(1 / options.Rate)) : 0;
        _window = options.ThrottleWindow;
        _maxEvents = options.MaxEventsPerWindow;
        _byName = _windows.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Decides on one event.</summary>
    /// <param name="eventName">Its name.</param>
    /// <param name="monotonicNow">Now, on a clock that does not go back.</param>
    /// <param name="random">A number drawn evenly from all there are; only <see cref="SamplingMode.Probabilistic"/> looks at it.</param>
    public SamplingDecision Decide(ReadOnlySpan<char> eventName, TimeSpan monotonicNow, uint random)
    {
        if (_mode == SamplingMode.Never)
        {
            return SamplingDecision.LeftOut;
        }

        if (_mode == SamplingMode.Always || Bypasses(eventName))
        {
            return SamplingDecision.Admitted;
        }

        if (_mode == SamplingMode.Throttled)
        {
            return Window(eventName).Decide(monotonicNow, _window, _maxEvents);
        }

        return random < _threshold ? new SamplingDecision(true, _weight) : SamplingDecision.LeftOut;
    }

    private static bool Bypasses(ReadOnlySpan<char> name)
    {
        // What RecordError records, and a fatal error of a runtime: neither is the beginning of a longer name.
        if (name is "error" or "runtime_error")
        {
            return true;
        }

        foreach (var prefix in Bypassing)
        {
            if (name.StartsWith(prefix))
            {
                return true;
            }
        }

        return false;
    }

    private ThrottleWindow Window(ReadOnlySpan<char> name)
    {
        if (_byName.TryGetValue(name, out var window))
        {
            return window;
        }

        // The count is taken before the entry, so that threads that race never keep more than the limit.
        if (Volatile.Read(ref _names) >= MaxNames || Interlocked.Increment(ref _names) > MaxNames)
        {
            return _shared;
        }

        var added = new ThrottleWindow();
        window = _windows.GetOrAdd(name.ToString(), added);
        if (window != added)
        {
            Interlocked.Decrement(ref _names);
        }

        return window;
    }
}
