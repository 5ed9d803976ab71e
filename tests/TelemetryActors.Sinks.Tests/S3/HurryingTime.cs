namespace TelemetryActors.Sinks.Tests.S3;

/// <summary>A clock on which time passes with each look at it.</summary>
internal sealed class HurryingTime(TimeSpan step) : TimeProvider
{
    private long _looks;

    public override long GetTimestamp() => Interlocked.Increment(ref _looks) * step.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
}
