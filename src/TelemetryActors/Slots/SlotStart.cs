using TelemetryActors.Pipeline;

namespace TelemetryActors.Slots;

/// <summary>What a start found of the slot's last writer.</summary>
/// <param name="Recovered">Events that were brought from its ring to the log.</param>
/// <param name="Lost">Events known to be lost: overwritten before the log had them.</param>
/// <param name="InDoubt">Whether its ring was gone or not to be trusted, so that the number of lost events is not known.</param>
/// <param name="Quarantined">Bytes of a torn line that went to quarantine.</param>
internal sealed record SlotStart(long Recovered, long Lost, bool InDoubt, long Quarantined)
{
    public static SlotStart Clean { get; } = new(0, 0, false, 0);

    /// <summary>Runs that may have been open at <see cref="KnownTo"/>, with their agents.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> OpenRuns { get; init; } = [];

    /// <summary>Up to where <see cref="OpenRuns"/> knows.</summary>
    public Cursor KnownTo { get; init; }

    /// <summary>Where the last writer's events end.</summary>
    public Cursor LeftTo { get; init; }

    /// <summary>The instances whose runs ended with their process; null when they are not known: then all runs between the two places count as such.</summary>
    /// <remarks>A run that came by the second door lives elsewhere, and is given up by whoever watches its lease.</remarks>
    public IReadOnlyCollection<string>? Writers { get; init; }

    /// <summary>Whether there was a writer that died instead of ending.</summary>
    public bool IsOfDeadWriter => LeftTo.Ordinal > 0;
}
