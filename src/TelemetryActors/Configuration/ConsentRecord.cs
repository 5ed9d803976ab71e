namespace TelemetryActors.Configuration;

/// <summary>Whether events may be uploaded to others, as it was last decided (S2.61).</summary>
/// <param name="IsGranted">Whether they may; not unless someone said so.</param>
/// <param name="Who">Who decided; null when nobody did.</param>
/// <param name="When">When it was decided.</param>
/// <param name="TextVersion">Which version of the text was agreed to or declined.</param>
public sealed record ConsentRecord(bool IsGranted, string? Who, DateTimeOffset? When, string? TextVersion)
{
    /// <summary>The SHA-256 of that text, as 64 hex digits; null when it is not the text of the release that recorded the decision.</summary>
    public string? TextSha256 { get; init; }

    /// <summary>Nobody has decided: denied.</summary>
    public static ConsentRecord None { get; } = new(false, null, null, null);
}
