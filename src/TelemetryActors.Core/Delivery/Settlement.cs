namespace TelemetryActors.Delivery;

/// <summary>What is to be done after an outcome: dead letters to write, then the state to keep.</summary>
/// <param name="Verdict">What the outcome meant.</param>
/// <param name="Range">The batch.</param>
/// <param name="DeadLetters">Written before the state is kept.</param>
/// <param name="Cause">Why, when it was not delivered.</param>
public readonly record struct Settlement(Verdict Verdict, EventRange Range, IReadOnlyList<DeadLetter> DeadLetters, string? Cause);
