using TelemetryActors.Privacy;

namespace TelemetryActors.Delivery;

/// <summary>Takes secrets and personal data out of what a sink, or an exception of one, says of its failure: causes are kept in files and shown.</summary>
internal static class CleanCause
{
    private static readonly Redactor Redactor = new(new RedactionOptions());

    /// <summary>The outcome with a clean cause; the same one where there is nothing to take out.</summary>
    public static SinkOutcome Of(SinkOutcome outcome) => outcome switch
    {
        SinkOutcome.Retry retry => retry with { Reason = Of(retry.Reason) },
        SinkOutcome.Rejected rejected => rejected with { Reason = Of(rejected.Reason) },
        SinkOutcome.Misconfigured misconfigured => misconfigured with { Reason = Of(misconfigured.Reason) },
        SinkOutcome.Held held => held with { Reason = Of(held.Reason) },
        SinkOutcome.PartlyDelivered partly => partly with { Items = [.. partly.Items.Select(item => item with { Reason = Of(item.Reason) })] },
        _ => outcome,
    };

    /// <summary>A clean text.</summary>
    public static string Of(string cause) => Redactor.Redact(cause) ?? cause;
}
