using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>What a supervisor remembers of its sink beside the delivery: the last error, and when it may be made anew.</summary>
internal sealed class SinkHealth(SupervisionPolicy policy)
{
    private int _restartsInARow;

    public string? LastError { get; private set; }

    public DateTimeOffset? LastErrorAt { get; private set; }

    public DateTimeOffset? LastDeliveredAt { get; private set; }

    public int Restarts { get; private set; }

    /// <summary>Until when a sink that threw is not made anew.</summary>
    public Hold RestartHold { get; private set; }

    public void Delivered(DateTimeOffset now)
    {
        LastDeliveredAt = now;
        _restartsInARow = 0;
    }

    public void Failed(string cause, DateTimeOffset now)
    {
        LastError = cause;
        LastErrorAt = now;
    }

    public void Threw(DateTimeOffset now)
    {
        RestartHold = Hold.For(policy.RestartDelay(_restartsInARow), now);
        _restartsInARow++;
        Restarts++;
    }

    public void Tick(DateTimeOffset now) => RestartHold = RestartHold.ClampedTo(now);

    public void ForgetRestarts() => RestartHold = default;
}
