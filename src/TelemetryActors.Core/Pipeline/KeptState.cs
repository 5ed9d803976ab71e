namespace TelemetryActors.Pipeline;

/// <summary>Where a sink's cursors and counts are kept.</summary>
public enum KeptState
{
    /// <summary>In a file of the base directory, replaced after each batch.</summary>
    Durable = 0,

    /// <summary>Nowhere: the sink starts at the tail.</summary>
    None,

    /// <summary>With the sink's own data, in the same transaction; the sink is an <see cref="Delivery.IKeepsAccounts"/>.</summary>
    Own,
}
