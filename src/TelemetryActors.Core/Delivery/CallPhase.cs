namespace TelemetryActors.Delivery;

/// <summary>How far the batch that is under way has come.</summary>
internal enum CallPhase
{
    /// <summary>None is under way.</summary>
    None = 0,

    /// <summary>Its events are being read.</summary>
    Reading,

    /// <summary>The sink has it.</summary>
    Calling,

    /// <summary>The sink still has it after its time was over; how that ends no longer matters.</summary>
    Overdue,
}
