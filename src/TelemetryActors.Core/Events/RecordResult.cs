namespace TelemetryActors.Events;

/// <summary>What became of one <c>Record</c> call: accepted, sampled out, or refused with its reason (D.3).</summary>
/// <remarks>Accepted means that the event is in the ring: it survives the death of the process, not that of the machine.</remarks>
public readonly record struct RecordResult(DropReason Reason)
{
    /// <summary>The event is in the ring.</summary>
    public static RecordResult Accepted => default;

    /// <summary>Whether the event is in the ring.</summary>
    public bool IsAccepted => Reason == DropReason.None;

    /// <summary>"accepted", or the reason.</summary>
    public override string ToString() => IsAccepted ? "accepted" : Reason.ToString();
}
