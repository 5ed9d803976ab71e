namespace TelemetryActors.Log;

/// <summary>When the event log is brought to the device. <c>FlushAsync</c> does it in every mode.</summary>
public enum FsyncMode
{
    /// <summary>At most one <see cref="LogOptions.FsyncInterval"/> after an event was written.</summary>
    Interval = 0,

    /// <summary>After every batch, before it counts as delivered (S4.9). All events of a batch share the one fsync.</summary>
    Always,

    /// <summary>Only when a file is closed or a flush asks for it.</summary>
    Never,
}
