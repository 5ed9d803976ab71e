namespace TelemetryActors.Delivery;

/// <summary>What a sink does with personal data that is left in an event after redaction.</summary>
/// <remarks>
/// D.8. Enforced before the sink is called, in every engine: a batch keeps its bounds and has the lines that may go. What counts as personal stands in docs/privacy.md.
/// </remarks>
public enum PrivacyPolicy
{
    /// <summary>The event goes as it was stored.</summary>
    None = 0,

    /// <summary>What looks personal is taken out: members by their name, findings in texts by <c>[REDACTED]</c>.</summary>
    Strip,

    /// <summary>The event does not go; it is counted as dropped for privacy.</summary>
    Reject,
}
