namespace TelemetryActors.Delivery;

/// <summary>A call of a sink that has not ended yet, as it is kept for those who look from outside (SK.9).</summary>
/// <param name="Since">When it began.</param>
/// <param name="Limit">The time it has.</param>
/// <param name="IsGivenUp">Whether it counts as failed already: nothing begins before it has ended.</param>
public sealed record CallUnderWay(DateTimeOffset Since, TimeSpan Limit, bool IsGivenUp)
{
    /// <summary>Whether it hangs: it was given up, or its time is over.</summary>
    public bool Hangs(DateTimeOffset now) => IsGivenUp || now - Since >= Limit;
}
