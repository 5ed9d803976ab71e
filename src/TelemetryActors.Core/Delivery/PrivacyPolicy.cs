namespace TelemetryActors.Delivery;

/// <summary>What a sink does with personal data that is left in an event after redaction.</summary>
/// <remarks>D.8.</remarks>
public enum PrivacyPolicy
{
    /// <summary>The event goes as it was stored.</summary>
    None = 0,

    /// <summary>What looks personal is taken out.</summary>
    Strip,

    /// <summary>The event does not go; it is counted as dropped for privacy.</summary>
    Reject,
}
