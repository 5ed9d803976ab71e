namespace TelemetryActors.Cli.Exec;

/// <summary>Looks at a child's memory while it lives, until the system's own count is sure to tell more.</summary>
/// <remarks>
/// The system keeps each process's peak itself: a look misses only what a process grows between the last one and its end. The next look comes after
/// a tenth of the child's age, within a millisecond and a tenth of a second, so that it misses the last tenth of a life at the most.
/// </remarks>
internal sealed class PeakMemoryWatch : IDisposable
{
    private const double ShortestPauseMs = 1;
    private const double LongestPauseMs = 100;
    private const double PauseOfAge = 0.1;
    private static readonly TimeSpan ShortLife = TimeSpan.FromMilliseconds(2);

    private readonly ManualResetEventSlim _ended = new();
    private readonly Thread _thread;
    private ChildProcess? _child;
    private long? _inherited;
    private long _seen;
    private long _began;

    /// <summary>Prepares the looking, so that nothing is left to be compiled once the child is there.</summary>
    public PeakMemoryWatch()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "telemetry peak memory" };
        LookClosely(Environment.ProcessId);
        _seen = 0;
    }

    /// <summary>Looks without a pause at a child that nobody waits for yet, for the two milliseconds in which a small command comes and goes.</summary>
    public void LookClosely(int process)
    {
        _began = TimeProvider.System.GetTimestamp();
        while (TryLookAt(process) && TimeProvider.System.GetElapsedTime(_began) < ShortLife)
        {
        }
    }

    /// <summary>Goes on looking at a child, right after its start.</summary>
    public void Begin(ChildProcess child)
    {
        _child = child;
        _inherited = ProcessMemory.PeakOf(Environment.ProcessId);
        _thread.Start();
    }

    /// <summary>Ends the looking and tells the result.</summary>
    /// <param name="systemSays">What the system says of the child that has ended.</param>
    public PeakMemory End(long systemSays)
    {
        _ended.Set();
        _thread.Join();
        return PeakMemory.Of(systemSays, _inherited, _seen > 0 ? _seen : null);
    }

    public void Dispose() => _ended.Dispose();

    private void Run()
    {
        do
        {
            Look();
        }
        while (_inherited is { } inherited && _seen <= inherited * 2 && !_ended.Wait(NextPause()));
    }

    private TimeSpan NextPause() => TimeSpan.FromMilliseconds(
        Math.Clamp(TimeProvider.System.GetElapsedTime(_began).TotalMilliseconds * PauseOfAge, ShortestPauseMs, LongestPauseMs));

    private void Look() => _child!.WhileItLives(id => TryLookAt(id));

    private bool TryLookAt(int process)
    {
        var seen = ProcessMemory.PeakOfTree(process);
        _seen = Math.Max(_seen, seen ?? 0);
        return seen is not null;
    }
}
