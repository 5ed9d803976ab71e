using TelemetryActors.Pipeline;

namespace TelemetryActors.Delivery;

/// <summary>All writer slots of one sink, served in turn so that no slot's backlog starves another's new events.</summary>
internal sealed class SlotLedger
{
    private SinkPolicy _policy;
    private readonly List<SlotLane> _lanes = [];
    private bool _newSlotsStartAtTail;
    private int _turn;

    public SlotLedger(SinkPolicy policy, SinkState state, bool startsAtTail)
    {
        _policy = policy;
        _newSlotsStartAtTail = startsAtTail && state.Accounts.Count == 0;
        _lanes.AddRange(state.Accounts.Select(account => new SlotLane(account)));
        foreach (var range in state.DeliveredAhead)
        {
            Find(range.Slot)?.DeliverAhead(range);
        }

        if (state.Suspects is { } run)
        {
            Find(run.Slot)?.Restore(run);
        }

        foreach (var wait in state.Waiting)
        {
            if (Find(wait.Slot) is { } lane)
            {
                lane.WaitingSince = wait.Since;
            }
        }
    }

    public List<SlotLane> Lanes => _lanes;

    public void Use(SinkPolicy policy) => _policy = policy;

    public SlotLane this[int slot] => Find(slot) ?? throw new ArgumentOutOfRangeException(nameof(slot), slot, "no such writer slot");

    public SlotLane? Find(int slot)
    {
        foreach (var lane in _lanes)
        {
            if (lane.Slot == slot)
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
        foreach (var (slot, tail) in available)
        {
            Lane(slot, tail).See(tail, now);
        }

        _newSlotsStartAtTail &= available.IsEmpty;
    }

    /// <summary>The next slot in turn whose batch is ready; any slot with events in a hurry.</summary>
    public SlotLane? Next(DateTimeOffset now, bool hurry)
    {
        for (var step = 1; step <= _lanes.Count; step++)
        {
            var index = (_turn + step) % _lanes.Count;
            if (_lanes[index].Sendable > 0 && (hurry || DueAt(_lanes[index]) <= now))
            {
                _turn = index;
                return _lanes[index];
            }
        }

        return null;
    }

    /// <summary>The earliest instant at which a slot's batch is ready; null when no events wait.</summary>
    public DateTimeOffset? NextDue()
    {
        DateTimeOffset? earliest = null;
        foreach (var lane in _lanes)
        {
            if (lane.Sendable > 0 && DueAt(lane) is var due && (earliest is null || due < earliest))
            {
                earliest = due;
            }
        }

        return earliest;
    }

    /// <summary>The slot whose newest event shows whether the sink or the refused events are wrong.</summary>
    public SlotLane? FaultLane()
    {
        SlotLane? waiting = null;
        foreach (var lane in _lanes)
        {
            if (lane.HasSuspects)
            {
                return lane;
            }

            waiting ??= lane.Account.Pending > 0 ? lane : null;
        }

        return waiting;
    }

    /// <summary>All suspects are poison.</summary>
    public DeadLetter[] Condemn()
    {
        List<DeadLetter>? letters = null;
        foreach (var lane in _lanes)
        {
            if (lane.HasSuspects)
            {
                lane.Condemn(letters ??= []);
            }
        }

        return letters is null ? [] : [.. letters];
    }

    private DateTimeOffset DueAt(SlotLane lane)
    {
        var since = lane.WaitingSince ?? DateTimeOffset.MinValue;
        return BatchPolicy.IsReady(_policy, lane.Sendable, lane.Account.PendingBytes, since, since) ? since : since + _policy.FlushInterval;
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
