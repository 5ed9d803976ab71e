namespace TelemetryActors.AkkaNet.Runs;

/// <summary>The database of runs could not be opened; who keeps it has told why, and tries again.</summary>
internal sealed class DatabaseAwayException() : Exception($"the database of runs could not be opened; it is tried again every {RunJournal.Rest.TotalSeconds:0} s");
