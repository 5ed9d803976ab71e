namespace TelemetryActors.Delivery;

/// <summary>What a sink is asked before a replay: which bounds it has of a time. Its answer is for this question alone: one for the same time that is asked after a cancel is another.</summary>
/// <param name="time">The replay's time.</param>
public sealed class BoundsQuestion(ReplayTime time)
{
    /// <summary>The time that is asked about.</summary>
    public ReplayTime Time => time;
}
