namespace TelemetryActors.AkkaNet.Runs;

/// <summary>What a journal holds of a run that was told to a node by itself.</summary>
/// <param name="PersistenceId">Its name in the journal.</param>
/// <param name="IsMarkedOnly">Whether all that is left of it was given up by its actor: the row that its next sequence number would be counted from.</param>
/// <param name="HasEnded">Whether its last turn was an end.</param>
/// <param name="HasSnapshot">Whether the snapshot store has something of it.</param>
/// <param name="LastWritten">When its last turn was written, by the clock of who wrote it.</param>
internal sealed record KeptRun(string PersistenceId, bool IsMarkedOnly, bool HasEnded, bool HasSnapshot, DateTimeOffset LastWritten);
