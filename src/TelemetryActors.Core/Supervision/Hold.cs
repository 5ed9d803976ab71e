namespace TelemetryActors.Supervision;

/// <summary>A wait until an instant that a clock which jumped back cannot prolong.</summary>
/// <param name="Until">When the wait is over.</param>
/// <param name="Longest">How long it may last, counted from any instant at which it is looked at.</param>
public readonly record struct Hold(DateTimeOffset Until, TimeSpan Longest)
{
    /// <summary>A wait that begins now.</summary>
    public static Hold For(TimeSpan wait, DateTimeOffset now) => wait <= TimeSpan.Zero ? default : new Hold(now + wait, wait);

    /// <summary>Whether the wait is over.</summary>
    public bool IsOver(DateTimeOffset now) => now >= Until;

    /// <summary>The same wait, ending no later than its whole length from now.</summary>
    public Hold ClampedTo(DateTimeOffset now) => Until > now + Longest ? this with { Until = now + Longest } : this;
}
