namespace TelemetryActors.AkkaNet.Runs;

/// <summary>Decides of which runs nothing needs to stay in the journal of a node by itself.</summary>
/// <remarks>
/// A run of this process leaves no snapshot, one of others does when its actor leaves: that is what knows again a line that is sent late, and stays. Limits: a run of others whose node died
/// before the snapshot is gone as well an hour after its end, and a line of it that is sent after that comes a second time, under the same id; so is a run that nothing was written of for
/// <see cref="SilentFor"/>, although its handle may be open in another process.
/// </remarks>
internal static class GoneRuns
{
    /// <summary>How long what a run said stays after its end, when its actor could not give it up: the process ended first.</summary>
    /// <remarks>Long beside the minute for which an actor stays, and beside clocks that differ.</remarks>
    public static readonly TimeSpan EndedFor = TimeSpan.FromHours(1);

    /// <summary>How long what a run said stays that has no end: its process died.</summary>
    public static readonly TimeSpan SilentFor = TimeSpan.FromDays(30);

    /// <summary>Whether all of a run's rows may be taken out.</summary>
    public static bool IsGone(KeptRun run, DateTimeOffset now) =>
        !run.HasSnapshot && (run.IsMarkedOnly || now - run.LastWritten > (run.HasEnded ? EndedFor : SilentFor));
}
