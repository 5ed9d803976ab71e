namespace TelemetryActors.Delivery;

/// <summary>Which dead letters of a sink are meant: those that fit all that is set; every letter when nothing is.</summary>
public sealed record DeadLetterSelection
{
    /// <summary>Only letters whose reason contains this text, whatever its case.</summary>
    public string? Reason { get; init; }

    /// <summary>Only letters that were set aside at this instant or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only the letter with this id.</summary>
    public string? Id { get; init; }

    /// <summary>Whether a letter is meant.</summary>
    public bool Includes(string id, string reason, DateTimeOffset at) =>
        (Id is null || Id == id)
        && (Reason is null || reason.Contains(Reason, StringComparison.OrdinalIgnoreCase))
        && (Since is null || at >= Since);
}
