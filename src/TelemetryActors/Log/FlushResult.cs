namespace TelemetryActors.Log;

/// <summary>Whether everything accepted before a flush is on the device.</summary>
/// <param name="IsDurable">Fsynced in the event log: it survives the machine.</param>
/// <param name="Reason">Why not; null when it is.</param>
public readonly record struct FlushResult(bool IsDurable, string? Reason)
{
    /// <summary>Everything is on the device.</summary>
    public static FlushResult Durable { get; } = new(true, null);

    /// <summary>Not everything is, for this reason. The events are still in the ring or the log, unless the reason says that they are in doubt.</summary>
    public static FlushResult NotDurable(string reason) => new(false, reason);
}
