namespace TelemetryActors.Slots;

/// <summary>The runs that a slot's last writer left open, with their agents, until somebody has ended them.</summary>
/// <remarks>Thread-safe. They are looked for when somebody first asks.</remarks>
/// <param name="start">What the last writer left.</param>
/// <param name="source">Reads its events.</param>
internal sealed class LeftRuns(SlotStart start, SlotSource source)
{
    private readonly Lock _finding = new();
    private readonly Lock _ending = new();
    private IReadOnlyCollection<KeyValuePair<string, string>>? _open;

    /// <summary>Those that nobody has ended yet.</summary>
    /// <exception cref="IOException">The log cannot be read now.</exception>
    public IReadOnlyCollection<KeyValuePair<string, string>> Open
    {
        get
        {
            lock (_finding)
            {
                return _open ??= AbandonedRuns.Of(start, source);
            }
        }
    }

    /// <summary>Whether there may be any: nobody knows before they were looked for.</summary>
    public bool MayBeAny
    {
        get
        {
            lock (_finding)
            {
                return _open is { } found ? found.Count > 0 : start.IsOfDeadWriter || start.OpenRuns.Count > 0;
            }
        }
    }

    /// <summary>Looks for them now: what says which they are may be overwritten in the ring later, or go with it.</summary>
    /// <returns>False when the log cannot be read now, which is no reason not to record: whoever asks for them looks again.</returns>
    public bool TryFind()
    {
        try
        {
            _ = Open;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Ends them, those first that were found first; what is refused stays to be ended later.</summary>
    /// <param name="tryEnd">Ends a run of an agent; false when that was refused, and then no further one is tried now.</param>
    public void End(Func<string, string, bool> tryEnd)
    {
        lock (_ending)
        {
            var left = Open;
            if (left.Count == 0)
            {
                return;
            }

            left = [.. left.SkipWhile(run => tryEnd(run.Key, run.Value))];
            lock (_finding)
            {
                _open = left;
            }
        }
    }
}
