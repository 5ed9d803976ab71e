namespace TelemetryActors.Supervision;

/// <summary>When a sink's circuit opens and for how long.</summary>
public sealed record CircuitPolicy
{
    /// <summary>Remote sinks: six hours, always.</summary>
    /// <remarks>S1.17.</remarks>
    public static CircuitPolicy Remote { get; } = new() { FirstOpenTime = TimeSpan.FromHours(6), MaxOpenTime = TimeSpan.FromHours(6) };

    /// <summary>The event log: 1 s, doubling to 60 s, so that an outage of the disk ends when the disk's does.</summary>
    /// <remarks>D.2.</remarks>
    public static CircuitPolicy EventLog { get; } = new() { FirstOpenTime = TimeSpan.FromSeconds(1), MaxOpenTime = TimeSpan.FromSeconds(60) };

    /// <summary>A local database: 10 s, doubling to 10 min.</summary>
    /// <remarks>D.2.</remarks>
    public static CircuitPolicy LocalDatabase { get; } = new() { FirstOpenTime = TimeSpan.FromSeconds(10), MaxOpenTime = TimeSpan.FromMinutes(10) };

    /// <summary>Failures in a row that leave the circuit closed; the next one opens it.</summary>
    /// <remarks>S1.17: more than 5.</remarks>
    public int FailuresTolerated { get; init; } = 5;

    /// <summary>How long the circuit stays open the first time.</summary>
    public required TimeSpan FirstOpenTime { get; init; }

    /// <summary>The open time doubles with each failed probe up to this.</summary>
    public required TimeSpan MaxOpenTime { get; init; }

    /// <summary>The share of the open time that is added at random, so that a fleet does not come back at one instant.</summary>
    public double JitterShare { get; init; } = 0.1;

    /// <summary>The longest time a circuit can stay open, jitter included.</summary>
    public TimeSpan LongestOpenTime => MaxOpenTime * (1 + JitterShare);

    /// <summary>How long the circuit stays open after a number of openings in a row.</summary>
    /// <param name="openingsBefore">Openings since the last success.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public TimeSpan OpenTime(int openingsBefore, double jitter)
    {
        var openTime = FirstOpenTime;
        for (var doubled = 0; doubled < openingsBefore && openTime < MaxOpenTime; doubled++)
        {
            openTime *= 2;
        }

        openTime = openTime < MaxOpenTime ? openTime : MaxOpenTime;
        return openTime * (1 + (JitterShare * Math.Clamp(jitter, 0, 1)));
    }
}
