namespace TelemetryActors.ClusterNode.Journal;

/// <summary>A node that was alive a moment ago, as the journal has it.</summary>
/// <param name="Address">Under which others reach it.</param>
/// <param name="Start">The random id of its start; null: of a program that did not say it yet.</param>
/// <param name="Seen">When it said so, by the database's clock.</param>
/// <param name="Asks">Whether it asks others to let it in, and has not said since that they did: it is in no cluster.</param>
internal sealed record NodeRow(string Address, string? Start, DateTime Seen, bool Asks = false);
