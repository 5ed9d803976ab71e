namespace TelemetryActors.Delivery;

/// <summary>Why a batch's events go to a sink.</summary>
public enum BatchOrigin
{
    /// <summary>They stand behind the sink's cursor.</summary>
    Live = 0,

    /// <summary>An operator has them delivered once more; the cursor is not concerned.</summary>
    Replay,

    /// <summary>An operator put them back from the dead letters; the cursor is not concerned.</summary>
    DeadLetters,
}
