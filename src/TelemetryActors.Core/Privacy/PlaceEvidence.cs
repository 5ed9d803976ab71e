namespace TelemetryActors.Privacy;

/// <summary>What a member's name says of its numbers (S1.12).</summary>
internal enum PlaceEvidence
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are of a place if their value or a neighbour says so, too.</summary>
    Perhaps,

    /// <summary>They are of a place.</summary>
    Certain,
}
