namespace TelemetryActors.Engine;

/// <summary>A run that a handle of this process has open.</summary>
/// <param name="RunId">Its id.</param>
/// <param name="Agent">Who does the work.</param>
/// <param name="LastSequence">The number of its newest line; 0 before the first.</param>
internal readonly record struct OpenRun(string RunId, string Agent, long LastSequence);
