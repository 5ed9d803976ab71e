namespace TelemetryActors.Sampling;

/// <summary>The current window of one event name: it opens with an event and closes when its time is over.</summary>
/// <remarks>Safe for any number of threads. A window never reaches back: an instant before its begin belongs to it.</remarks>
internal sealed class ThrottleWindow
{
    private readonly Lock _lock = new();

    // Under the lock.
    private bool _isOpen;
    private TimeSpan _begin;
    private int _admitted;
    private int _leftOut;

    /// <summary>Decides on one event.</summary>
    public SamplingDecision Decide(TimeSpan now, TimeSpan length, int maxEvents)
    {
        lock (_lock)
        {
            if (!_isOpen || now - _begin >= length)
            {
                _isOpen = true;
                _begin = now;
                _admitted = 0;
            }

            if (_admitted >= maxEvents)
            {
                _leftOut = _leftOut < int.MaxValue - 1 ? _leftOut + 1 : _leftOut;
                return SamplingDecision.LeftOut;
            }

            _admitted++;
            var weight = 1 + _leftOut;
            _leftOut = 0;
            return new SamplingDecision(true, weight);
        }
    }
}
