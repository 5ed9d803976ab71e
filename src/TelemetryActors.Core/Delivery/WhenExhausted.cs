namespace TelemetryActors.Delivery;

/// <summary>What becomes of a batch whose upload has used all its attempts.</summary>
public enum WhenExhausted
{
    /// <summary>The cursor stays; the same batch is uploaded again no sooner than after the flush interval.</summary>
    Keep = 0,

    /// <summary>The batch is dropped and counted (S1.15); what an operator put there, a replay or dead letters, becomes dead letters instead.</summary>
    Discard,
}
