namespace TelemetryActors.Events;

/// <summary>What became of one <c>Record</c> call: accepted, sampled out, or refused with its reason (D.3).</summary>
/// <remarks>Accepted means that the event is in the ring: it survives the death of the process, not that of the machine.</remarks>
public readonly record struct RecordResult(DropReason Reason)
{
    /// <summary>The event is in the ring.</summary>
    public static RecordResult Accepted => default;

    /// <summary>Whether the event is in the ring.</summary>
    public bool IsAccepted => Reason == DropReason.None;

    /// <summary>What exactly went wrong, for people; null when the reason says it all.</summary>
    public string? Detail { get; init; }

    /// <summary>A refusal that can say more than its reason.</summary>
    public static RecordResult Refused(DropReason reason, string detail) => new(reason) { Detail = detail };

    /// <summary>"accepted", or the reason and its detail.</summary>
    public override string ToString() => IsAccepted ? "accepted" : Detail is null ? Reason.ToString() : $"{Reason}: {Detail}";
}
