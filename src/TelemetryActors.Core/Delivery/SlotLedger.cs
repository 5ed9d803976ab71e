using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>All lanes of one sink, served in turn so that no slot's backlog and no replay starves another's new events.</summary>
internal sealed class SlotLedger
{
    private readonly List<SlotLane> _lanes = [];
    private readonly RedeliveryQueue _redeliveries;
    private SinkPolicy _policy;
    private bool _newSlotsStartAtTail;
    private int _turn;

    public SlotLedger(SinkPolicy policy, SinkState state, bool startsAtTail)
    {
        _policy = policy;
        _newSlotsStartAtTail = startsAtTail && state.Accounts.Count == 0;
        _lanes.AddRange(state.Accounts.Select(account => new SlotLane(account)));
        _redeliveries = new RedeliveryQueue(state.Redeliveries, state.Redelivered, _lanes);
        foreach (var range in state.DeliveredAhead)
        {
            Find(range.Lane)?.DeliverAhead(range);
        }

        if (state.Suspects is { } run)
        {
            Find(run.Lane)?.Restore(run);
        }

        foreach (var wait in state.Waiting)
        {
            if (Find(wait.Slot) is { } lane)
            {
                lane.WaitingSince = wait.Since;
            }
        }
    }

    /// <summary>The writer slots' lanes, and the redelivery's when one is under way.</summary>
    public List<SlotLane> Lanes => _lanes;

    public RedeliveryQueue Redeliveries => _redeliveries;

    public void Use(SinkPolicy policy) => _policy = policy;

    public SlotLane this[LaneId lane] => Find(lane) ?? throw new ArgumentOutOfRangeException(nameof(lane), lane, "no such lane");

    public SlotLane? Find(LaneId id)
    {
        foreach (var lane in _lanes)
        {
            if (lane.Id == id)
            {
                return lane;
            }
        }

        return null;
    }

    public long Pending
    {
        get
        {
            var pending = 0L;
            foreach (var lane in _lanes)
            {
                pending += lane.Account.Pending;
            }

            return pending;
        }
    }

    public bool HasSendable
    {
        get
        {
            foreach (var lane in _lanes)
            {
                if (lane.Sendable > 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public void See(ReadOnlySpan<SlotTail> available, DateTimeOffset now)
    {
        foreach (var seen in available)
        {
            Lane(seen.Slot, seen.Tail).See(seen, now);
        }

        _newSlotsStartAtTail &= available.IsEmpty;
    }

    /// <summary>Shortens waits that a clock which jumped back would prolong.</summary>
    public void Tick(DateTimeOffset now)
    {
        foreach (var lane in _lanes)
        {
            lane.PutOff = lane.PutOff.ClampedTo(now);
        }
    }

    /// <summary>The next lane: one whose refused batch is to be resolved, then in turn one whose batch is ready; in a hurry any slot with events, before a redelivery.</summary>
    public SlotLane? Next(DateTimeOffset now, bool hurry) =>
        ToFinish(now) ?? (hurry ? NextWithEvents(now) : null) ?? NextDue(now);

    /// <summary>The earliest instant at which <see cref="Next"/> finds a lane; null when no events wait.</summary>
    /// <param name="isHurry">Whether a slot's events go without waiting for a batch to fill.</param>
    public DateTimeOffset? NextDue(bool isHurry)
    {
        DateTimeOffset? earliest = null;
        foreach (var lane in _lanes)
        {
            if (lane.Sendable > 0 && (isHurry ? lane.PutOff.Until : DueAt(lane)) is var due && (earliest is null || due < earliest))
            {
                earliest = due;
            }
        }

        return earliest;
    }

    /// <summary>The slot whose newest event shows whether the sink or the refused events are wrong.</summary>
    public SlotLane? FaultLane(DateTimeOffset now)
    {
        SlotLane? waiting = null;
        SlotLane? putOff = null;
        foreach (var lane in _lanes)
        {
            if (lane.IsRedelivery || (!lane.HasSuspects && lane.Account.Pending == 0))
            {
                continue;
            }

            // One that cannot be read or sent now shows nothing, while another can.
            if (!lane.PutOff.IsOver(now))
            {
                putOff ??= lane;
            }
            else if (lane.HasSuspects)
            {
                return lane;
            }
            else
            {
                waiting ??= lane;
            }
        }

        return waiting ?? putOff;
    }

    /// <summary>All suspects are poison.</summary>
    /// <param name="which">Those of which lanes; null: of all.</param>
    public DeadLetter[] Condemn(Func<SlotLane, bool>? which = null)
    {
        List<DeadLetter>? letters = null;
        foreach (var lane in _lanes)
        {
            if (lane.HasSuspects && which?.Invoke(lane) != false)
            {
                lane.Condemn(letters ??= []);
            }
        }

        return letters is null ? [] : [.. letters];
    }

    // What may not be sent now holds up no other lane.
    private SlotLane? ToFinish(DateTimeOffset now)
    {
        foreach (var lane in _lanes)
        {
            if (lane.IsToFinish && lane.PutOff.IsOver(now))
            {
                return lane;
            }
        }

        return null;
    }

    private SlotLane? NextWithEvents(DateTimeOffset now)
    {
        for (var step = 1; step <= _lanes.Count; step++)
        {
            if (InTurn(step) is { IsRedelivery: false, Sendable: > 0 } lane && lane.PutOff.IsOver(now))
            {
                return Take(lane);
            }
        }

        return null;
    }

    private SlotLane? NextDue(DateTimeOffset now)
    {
        for (var step = 1; step <= _lanes.Count; step++)
        {
            if (InTurn(step) is { Sendable: > 0 } lane && DueAt(lane) <= now)
            {
                return Take(lane);
            }
        }

        return null;
    }

    private SlotLane InTurn(int step) => _lanes[(_turn + step) % _lanes.Count];

    private SlotLane Take(SlotLane lane)
    {
        _turn = _lanes.IndexOf(lane);
        return lane;
    }

    private DateTimeOffset DueAt(SlotLane lane)
    {
        if (lane.IsRedelivery || lane.IsToFinish)
        {
            return lane.PutOff.Until;
        }

        var since = lane.WaitingSince ?? DateTimeOffset.MinValue;
        var due = BatchPolicy.IsReady(_policy, lane.Sendable, lane.Account.PendingBytes, since, since) ? since : since + _policy.FlushInterval;
        return due > lane.PutOff.Until ? due : lane.PutOff.Until;
    }

    private SlotLane Lane(int slot, Cursor tail)
    {
        if (Find(slot) is { } known)
        {
            return known;
        }

        var lane = new SlotLane(_newSlotsStartAtTail ? SinkAccount.StartAt(slot, tail) : SinkAccount.StartAtOldest(slot));
        _lanes.Add(lane);
        return lane;
    }
}
