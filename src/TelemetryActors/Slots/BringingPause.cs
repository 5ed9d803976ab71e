namespace TelemetryActors.Slots;

/// <summary>How long nobody tries again to bring stranded rings after tries that failed, because each reads the whole log: two minutes, then twice as long each time, at most 32.</summary>
internal sealed class BringingPause
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(32);

    private TimeSpan _pause;

    /// <summary>Whether it is time to try.</summary>
    /// <param name="sinceLast">The time since the last try ended.</param>
    public bool IsOver(TimeSpan sinceLast) => sinceLast >= _pause;

    /// <summary>A try has ended.</summary>
    public void Note(bool hasFailed) =>
        _pause = !hasFailed ? TimeSpan.Zero : _pause == TimeSpan.Zero ? First : _pause * 2 > Longest ? Longest : _pause * 2;
}
