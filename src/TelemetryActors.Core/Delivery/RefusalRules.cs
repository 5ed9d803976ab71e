using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>What a refusal means: the batch is halved until the refused events stand alone, and these wait for their verdict - poison, or the sink's fault.</summary>
internal sealed class RefusalRules(SinkPolicy policy, SinkCircuitBreaker circuit, SlotLedger ledger, UploadInProgress upload, DeliveryRest rest, DrainPacer drain, int rejectionsInARow)
{
    private SinkPolicy _policy = policy;
    private bool _tookNewEvents;

    public int RejectionsInARow { get; private set; } = rejectionsInARow;

    /// <summary>Whether so much was refused in a row that the sink is taken to be wrong, and its probe sends the newest event.</summary>
    public bool IsSinkAtFault => RejectionsInARow >= _policy.MaxRejectionsInARow;

    public void Use(SinkPolicy changed) => _policy = changed;

    /// <summary>An operator closed the circuit: nothing counts against the sink.</summary>
    public void Forget() => RejectionsInARow = 0;

    /// <summary>The sink took something of a lane: nothing counts against it.</summary>
    public void Took(LaneId lane)
    {
        RejectionsInARow = 0;
        _tookNewEvents |= lane.Origin == BatchOrigin.Live;
    }

    /// <summary>The whole batch was refused.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="isOfAnnouncements">Whether nothing but the product's own announcements is in it: then it does not count.</param>
    /// <param name="now">The instant.</param>
    /// <param name="jitter">For a circuit that opens.</param>
    public Settlement Refuse(string reason, bool isOfAnnouncements, DateTimeOffset now, double jitter)
    {
        var range = upload.Range;
        if (upload.IsNewest)
        {
            circuit.Misconfigured(reason, now, jitter);
            return new Settlement(Verdict.Refused, range, [], reason);
        }

        Vote(range.Lane, isOfAnnouncements ? 0 : 1);
        SetAside(range, new Refusal(reason, upload.Attempts) { IsAnnouncement = isOfAnnouncements });
        upload.Forget();
        return Refused(range, reason, now, jitter);
    }

    /// <summary>Of the batch the destination took nothing: it was refused, or needed no request, which is no proof that what was refused is poison.</summary>
    public Settlement SettleUnproven(RejectedItem[] refused, DateTimeOffset now, double jitter)
    {
        var range = upload.Range;
        var lane = ledger[range.Lane];
        if (refused.Length > 0 || lane.HasSuspects)
        {
            Vote(range.Lane, refused.Count(item => !item.IsAnnouncement));
            lane.Suspect(range, refused.Select(item => new Refusal(item.Reason, upload.Attempts) { Index = item.Index, IsAnnouncement = item.IsAnnouncement }));
        }
        else
        {
            lane.Deliver(range.End);
        }

        upload.Forget();
        if (refused.Length > 0)
        {
            return Refused(range, refused[^1].Reason, now, jitter);
        }

        circuit.CancelProbe();
        if (circuit.State == CircuitState.Open && range.Count < _policy.MaxBatchEvents)
        {
            // An open circuit waits for no batch to fill; one call an event would be the price of each that needs no request.
            rest.Begin(_policy.FlushInterval, now, cause: null);
        }

        return new Settlement(Verdict.Settled, range, CondemnedWhenAlone(), null);
    }

    /// <summary>The newest event needed no request, so there is none left that could show whose fault it is: what is there goes in its order.</summary>
    public Settlement Undecided()
    {
        RejectionsInARow = 0;
        circuit.CancelProbe();
        upload.Forget();
        return new Settlement(Verdict.Deferred, upload.Range, [], null);
    }

    private Settlement Refused(EventRange range, string reason, DateTimeOffset now, double jitter)
    {
        if (IsSinkAtFault)
        {
            circuit.Misconfigured($"{RejectionsInARow} rejections in a row, the last one: {reason}", now, jitter);
        }
        else if (circuit.State == CircuitState.Probing)
        {
            drain.Begin(ledger.Pending);
            circuit.Succeeded();
        }

        return new Settlement(Verdict.Refused, range, CondemnedWhenAlone(), reason);
    }

    // With nothing left to send that could show whose fault it is, the events are taken to be wrong. What is no vote waits for no verdict: however much there is, none counts towards one.
    private DeadLetter[] CondemnedWhenAlone()
    {
        var isLast = !ledger.HasSendable;
        return IsSinkAtFault ? [] : ledger.Condemn(lane => isLast || lane.SuspectsOnlyAnnouncements || !IsVote(lane.Id));
    }

    private void Vote(LaneId lane, int refused)
    {
        RejectionsInARow += IsVote(lane) ? refused : 0;
        _tookNewEvents &= lane.Origin != BatchOrigin.Live || refused == 0;
    }

    // A letter was refused before: that it is refused again says nothing of the sink. Nor does what is old, where the sink took what is new.
    private bool IsVote(LaneId lane) => lane.Origin switch
    {
        BatchOrigin.Live => true,
        BatchOrigin.DeadLetters => false,
        _ => !_tookNewEvents,
    };

    private void SetAside(EventRange range, Refusal refusal)
    {
        if (range.Count > 1)
        {
            ledger[range.Lane].Divide(range, range.Count / 2);
        }
        else
        {
            ledger[range.Lane].Suspect(range, [refusal]);
        }
    }
}
