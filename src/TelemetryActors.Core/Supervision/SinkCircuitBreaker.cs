namespace TelemetryActors.Supervision;

/// <summary>Decides whether batches go to a sink: closed, open until an instant, or probing with one batch.</summary>
/// <remarks>S1.17. One breaker a sink, never shared. Not safe for use from several threads; its owner holds a lock.</remarks>
public sealed class SinkCircuitBreaker
{
    private readonly CircuitPolicy _policy;
    private CircuitRecord _record;

    /// <summary>Goes on from what was kept.</summary>
    /// <param name="policy">When to open and for how long.</param>
    /// <param name="kept">What an earlier process knew.</param>
    /// <param name="now">The instant of the load; an end that is too far away is brought nearer.</param>
    public SinkCircuitBreaker(CircuitPolicy policy, CircuitRecord kept, DateTimeOffset now)
    {
        _policy = policy;

        // A process that died while it probed does not know how that ended: the circuit is open, and its time is over.
        _record = kept.State == CircuitState.Closed ? kept : kept with { State = CircuitState.Open, OpenUntil = kept.OpenUntil ?? now };
        Tick(now);
    }

    /// <summary>What is kept of this breaker.</summary>
    public CircuitRecord Record => _record;

    /// <summary>Whether batches go.</summary>
    public CircuitState State => _record.State;

    /// <summary>Whether a call may begin: the circuit is closed, or its open time is over and the call is the probe.</summary>
    public bool AllowsCall(DateTimeOffset now) => State switch
    {
        CircuitState.Closed => true,
        CircuitState.Open => now >= _record.OpenUntil,
        _ => false,
    };

    /// <summary>Brings an end nearer that lies beyond the longest open time, which happens when the clock jumped back.</summary>
    public void Tick(DateTimeOffset now)
    {
        var latest = now + _policy.LongestOpenTime;
        if (_record.OpenUntil > latest)
        {
            _record = _record with { OpenUntil = latest };
        }
    }

    /// <summary>Lets one batch through an open circuit whose time is over.</summary>
    public void BeginProbe() => _record = _record with { State = CircuitState.Probing };

    /// <summary>Takes a probe back that did not reach the sink.</summary>
    public void CancelProbe()
    {
        if (State == CircuitState.Probing)
        {
            _record = _record with { State = CircuitState.Open };
        }
    }

    /// <summary>The sink took a batch: the circuit is closed and nothing counts against it.</summary>
    public void Succeeded()
    {
        if (_record.State != CircuitState.Closed || _record.FailuresInARow != 0)
        {
            _record = CircuitRecord.Closed;
        }
    }

    /// <summary>An attempt failed. Opens the circuit when there were too many in a row or this was the probe.</summary>
    /// <param name="cause">Why, for operators.</param>
    /// <param name="now">The instant of the failure.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public void Failed(string cause, DateTimeOffset now, double jitter)
    {
        // What fails while the circuit is open never pushes its end further out.
        if (State == CircuitState.Open)
        {
            return;
        }

        _record = _record with { FailuresInARow = _record.FailuresInARow + 1, Cause = cause };
        if (State == CircuitState.Probing || _record.FailuresInARow > _policy.FailuresTolerated)
        {
            Open(cause, isMisconfigured: false, now, jitter);
        }
    }

    /// <summary>The sink cannot work until someone changes something. Opens the circuit at once and names the cause.</summary>
    public void Misconfigured(string cause, DateTimeOffset now, double jitter)
    {
        if (State == CircuitState.Open)
        {
            return;
        }

        _record = _record with { FailuresInARow = _record.FailuresInARow + 1 };
        Open(cause, isMisconfigured: true, now, jitter);
    }

    /// <summary>The probe was answered with a wait: the next probe goes after it. This is no failure.</summary>
    public void Deferred(TimeSpan wait, DateTimeOffset now)
    {
        if (State == CircuitState.Probing)
        {
            _record = _record with { State = CircuitState.Open, OpenUntil = now + wait };
            Tick(now);
        }
    }

    /// <summary>An operator closes the circuit.</summary>
    public void Reset() => _record = CircuitRecord.Closed;

    /// <summary>An operator ends the open time, so that the next batch is the probe.</summary>
    public void ProbeAt(DateTimeOffset now)
    {
        if (State == CircuitState.Open && _record.OpenUntil > now)
        {
            _record = _record with { OpenUntil = now };
        }
    }

    private void Open(string cause, bool isMisconfigured, DateTimeOffset now, double jitter) => _record = _record with
    {
        State = CircuitState.Open,
        OpenUntil = now + _policy.OpenTime(_record.OpeningsInARow, jitter),
        OpeningsInARow = _record.OpeningsInARow + 1,
        Cause = cause,
        IsMisconfigured = isMisconfigured,
    };
}
