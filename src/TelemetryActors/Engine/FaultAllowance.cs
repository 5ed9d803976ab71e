namespace TelemetryActors.Engine;

/// <summary>How many of a sink's faults become events: a handful at once, then one in a while. A disk that takes something now and then has a new fault each second, and what is said of it must not push out of the ring what the host recorded.</summary>
/// <remarks>Its owner holds a lock.</remarks>
internal sealed class FaultAllowance
{
    /// <summary>How many are told at once.</summary>
    public const int AtOnce = 10;

    /// <summary>After which time one more is told.</summary>
    public static readonly TimeSpan OneMoreAfter = TimeSpan.FromMinutes(10);

    private int _left = AtOnce;
    private DateTimeOffset _since;
    private int _untold;

    /// <summary>Whether a fault is told now; one that is not is counted.</summary>
    public bool TryTell(DateTimeOffset now)
    {
        Refill(now);
        if (_left == 0)
        {
            _untold++;
            return false;
        }

        _left--;
        return true;
    }

    /// <summary>How many were not told since this was asked last.</summary>
    public int TakeUntold()
    {
        var untold = _untold;
        _untold = 0;
        return untold;
    }

    private void Refill(DateTimeOffset now)
    {
        // A full one, and one that a clock which jumped back would hold up, begins to wait now.
        if (_left == AtOnce || now < _since)
        {
            _since = now;
            return;
        }

        var more = (now - _since).Ticks / OneMoreAfter.Ticks;
        _left = (int)Math.Min(AtOnce, _left + more);
        _since += more * OneMoreAfter;
    }
}
