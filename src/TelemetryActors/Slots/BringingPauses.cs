namespace TelemetryActors.Slots;

/// <summary>The pauses of the stranded rings that could not be brought, by their paths: one that waits puts off no other.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class BringingPauses(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (BringingPause Pause, long Since)> _waiting = new(StringComparer.Ordinal);

    /// <summary>Whether it is time to try to bring a ring.</summary>
    public bool IsOver(string path)
    {
        lock (_lock)
        {
            return !_waiting.TryGetValue(path, out var waiting) || waiting.Pause.IsOver(time.GetElapsedTime(waiting.Since));
        }
    }

    /// <summary>A try to bring a ring has ended.</summary>
    public void Note(string path, bool hasFailed)
    {
        lock (_lock)
        {
            if (!hasFailed)
            {
                _waiting.Remove(path);
                return;
            }

            var pause = _waiting.TryGetValue(path, out var waiting) ? waiting.Pause : new BringingPause();
            pause.Note(hasFailed: true);
            _waiting[path] = (pause, time.GetTimestamp());
        }
    }
}
