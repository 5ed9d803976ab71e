using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>Until when nothing of a sink begins, and why.</summary>
internal sealed class DeliveryRest(SinkState kept, DateTimeOffset now)
{
    /// <summary>Until when nothing begins.</summary>
    public Hold Hold { get; private set; } = kept.Hold.ClampedTo(now);

    /// <summary>Why, when that is for operators to know; null when nothing waits or the wait is the sink's own pace.</summary>
    public string? Cause { get; private set; } = kept.HoldCause;

    /// <summary>Nothing begins for a while.</summary>
    public void Begin(TimeSpan wait, DateTimeOffset now, string? cause)
    {
        Hold = Hold.For(wait, now);
        Cause = wait > TimeSpan.Zero ? cause : null;
    }

    /// <summary>Brings the end of a wait nearer that a clock which jumped back would prolong.</summary>
    public void Tick(DateTimeOffset now) => Hold = Hold.ClampedTo(now);

    /// <summary>What the end of a program cut off may begin now; a wait that the destination asked for, or one between attempts, goes on.</summary>
    public void EndCutOff()
    {
        if (CutOffCause.Is(Cause))
        {
            End();
        }
    }

    /// <summary>What waits may begin now.</summary>
    public void End()
    {
        Hold = default;
        Cause = null;
    }
}
