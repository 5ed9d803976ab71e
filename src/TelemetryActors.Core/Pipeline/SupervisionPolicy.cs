namespace TelemetryActors.Pipeline;

/// <summary>How supervisors treat their sinks, whatever the engine.</summary>
public sealed record SupervisionPolicy
{
    private static readonly TimeSpan LeastChance = TimeSpan.FromSeconds(1);

    /// <summary>How often a supervisor looks at its clock, its sink's call and its commands.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The wait before a sink that threw is made anew; doubles with each time in a row.</summary>
    public TimeSpan FirstRestartDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest such wait.</summary>
    public TimeSpan MaxRestartDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The time that all of a shutdown has.</summary>
    public TimeSpan ShutdownBudget { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When calls that have not ended are cut off at a shutdown: before the rest of it, so that what they were can be kept.</summary>
    public TimeSpan CutOff => ShutdownBudget * 0.95;

    /// <summary>How long a call that is cut off must have had to count as a failure of its sink: half of a shutdown, and no less than a second.</summary>
    public TimeSpan Chance => ShutdownBudget / 2 > LeastChance ? ShutdownBudget / 2 : LeastChance;

    /// <summary>The wait before a sink is made anew.</summary>
    /// <param name="restartsInARow">Restarts since the sink last took a batch.</param>
    public TimeSpan RestartDelay(int restartsInARow)
    {
        var delay = FirstRestartDelay;
        for (var doubled = 0; doubled < restartsInARow && delay < MaxRestartDelay; doubled++)
        {
            delay *= 2;
        }

        return delay < MaxRestartDelay ? delay : MaxRestartDelay;
    }
}
