namespace TelemetryActors.Browsing;

/// <summary>A file of the event log that cannot be read now.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Reason">Why, as the disk says it.</param>
internal sealed record UnreadablePart(string Path, string Reason)
{
    /// <inheritdoc />
    public override string ToString() => $"{Path} cannot be read: {Reason}";
}
