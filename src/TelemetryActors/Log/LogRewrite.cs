using TelemetryActors.Pipeline;

namespace TelemetryActors.Log;

/// <summary>What is written again after a failed fsync, and how far that has come: a disk that is full in between goes on where it stopped.</summary>
/// <param name="from">Behind the last event known to be on the device, or the oldest that the ring still has.</param>
/// <param name="to">Behind the last event that had been written.</param>
/// <param name="superseded">Files of earlier such tries that nothing of is known to be on the device, and all of which is written again.</param>
internal sealed class LogRewrite(Cursor from, Cursor to, IReadOnlyList<LogFile> superseded)
{
    /// <summary>Behind the last event that is written again.</summary>
    public Cursor From { get; set; } = from;

    public Cursor To { get; } = to;

    public IReadOnlyList<LogFile> Superseded { get; } = superseded;
}
