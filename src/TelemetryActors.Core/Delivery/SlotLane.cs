using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>One sequence of events as a sink's delivery sees it: the account, and in front of the cursor what is set aside or already delivered.</summary>
internal sealed class SlotLane(SinkAccount account, BatchOrigin origin = BatchOrigin.Live, bool isWhole = false)
{
    private readonly List<Refusal> _refusals = [];
    private readonly List<EventRange> _ahead = [];
    private readonly Bisection _parts = new();
    private Cursor _suspectEnd;
    private DropCounts _told = account.Told ?? account.Dropped;

    public SinkAccount Account { get; private set; } = account with { Told = null };

    /// <summary>When the oldest event that waits for its batch was first seen; null when none waits.</summary>
    public DateTimeOffset? WaitingSince { get; set; }

    /// <summary>Until when a lane is passed over: its source could not be read, or its events may not be sent.</summary>
    public Hold PutOff { get; set; }

    public LaneId Id => new(Account.Slot, origin);

    /// <summary>Whether the lane is a redelivery, which has an end.</summary>
    public bool IsRedelivery => origin != BatchOrigin.Live;

    /// <summary>Whether all of the lane goes as one batch.</summary>
    public bool IsWhole => isWhole;

    /// <summary>Whether nothing of the lane is settled yet.</summary>
    public bool IsUntouched => Account.Pending == Account.Accepted;

    public bool HasSuspects => _refusals.Count > 0;

    public bool SuspectsOnlyAnnouncements => _refusals.TrueForAll(refusal => refusal.IsAnnouncement);

    /// <summary>Whether a refused batch of it is to be resolved, before other lanes get their turn.</summary>
    public bool IsToFinish => Sendable > 0 && (HasSuspects || _parts.IsActive);

    /// <summary>Where the next batch begins: behind the refused events whose verdict is open.</summary>
    public Cursor Front => HasSuspects ? _suspectEnd : Account.Cursor;

    /// <summary>Events behind <see cref="Front"/>.</summary>
    public long Sendable => HasSuspects ? Account.Pending - (_suspectEnd.Ordinal - Account.Cursor.Ordinal) : Account.Pending;

    public SuspectRun? Suspects => HasSuspects ? new SuspectRun(Id, _suspectEnd, [.. _refusals]) : null;

    public IReadOnlyList<EventRange> Ahead => _ahead;

    /// <summary>What was given up since the sink last took something, and so lies between that and its next batch.</summary>
    public DropCounts Untold => Account.Dropped.Since(_told);

    /// <summary>Events that may go in one batch: what is left of a half, before one that was delivered ahead, and before a redelivery's end.</summary>
    public int BatchLimit(int maxEvents)
    {
        var part = _parts.Limit(Front.Ordinal, maxEvents);
        var limit = IsRedelivery ? Math.Min(part, Sendable) : part;
        return (int)(_ahead.Count == 0 ? limit : Math.Min(limit, _ahead[0].Start.Ordinal - Front.Ordinal));
    }

    public void See(SlotTail seen, DateTimeOffset now)
    {
        if (seen.Tail.Stream != Account.Cursor.Stream)
        {
            ForgetFront();
        }

        Account = Account.SeeTail(seen.Tail, seen.Gaps);
        WaitingSince = Sendable > 0 ? WaitingSince is { } since && since <= now ? since : now : null;
    }

    /// <summary>A read began behind the front: what lies between is gone, and with it the suspects before it.</summary>
    public void BeginAt(Cursor start, DropReason goneReason)
    {
        ForgetSuspects();
        if (_ahead.Count > 0)
        {
            ForgetAheadBefore(start);
        }

        Account = Account.BeginAt(start, goneReason);
        _parts.Pass(Front.Ordinal);
    }

    /// <summary>A batch is to come again in two.</summary>
    /// <param name="range">The batch, of at least two events.</param>
    /// <param name="first">How many events the first part has.</param>
    public void Divide(EventRange range, int first) => _parts.Cut(range, first);

    /// <summary>What was divided comes again as it is: the cursor was moved, or nobody looks for a refused event any more.</summary>
    public void ForgetParts() => _parts.Clear();

    /// <summary>What is left of a redelivery cannot be read any more, or is not to be sent.</summary>
    public void GiveUp(DropReason reason)
    {
        ForgetSuspects();
        Account = Account.Drop(Account.Tail, reason);
    }

    /// <summary>A batch stays open: some of it was refused, or what was refused before it is open still.</summary>
    /// <param name="range">The batch.</param>
    /// <param name="refusals">What was refused of it, counted from its beginning.</param>
    public void Suspect(EventRange range, IEnumerable<Refusal> refusals)
    {
        var before = (int)(range.Start.Ordinal - Account.Cursor.Ordinal);
        _refusals.AddRange(refusals.Select(refusal => refusal with { Index = before + refusal.Index }));
        _suspectEnd = range.End;

        // What a probe delivered ahead belongs to the run as what needed no request does.
        while (_ahead.Count > 0 && _ahead[0].Start.Ordinal == _suspectEnd.Ordinal)
        {
            _suspectEnd = _ahead[0].End;
            _ahead.RemoveAt(0);
        }

        _parts.Pass(Front.Ordinal);
    }

    public void Restore(SuspectRun run)
    {
        _suspectEnd = run.End;
        _refusals.AddRange(run.Refusals);
    }

    /// <summary>The suspects are poison: they become dead letters and the cursor passes them.</summary>
    public void Condemn(List<DeadLetter> letters)
    {
        if (!HasSuspects)
        {
            return;
        }

        letters.AddRange(_refusals.Select(refusal => new DeadLetter(Account.Slot, Account.Cursor, refusal.Index, refusal.Reason, refusal.Attempt)
        {
            Origin = Id.Origin,
            IsAnnouncement = refusal.IsAnnouncement,
        }));
        Account = Account.Settle(_suspectEnd, _refusals.Count, DropCounts.None);
        ForgetSuspects();
    }

    /// <summary>The newest suspect that tells something of the sink was taken after all; what is behind it comes again.</summary>
    public void Acquit(Cursor start)
    {
        _refusals.RemoveAll(refusal => Account.Cursor.Ordinal + refusal.Index >= start.Ordinal);
        _suspectEnd = start;
    }

    public void ForgetSuspects() => _refusals.Clear();

    public void Deliver(Cursor end)
    {
        Account = Account.Deliver(end);
        _told = Account.Dropped;
        PassAhead();
    }

    public void Drop(Cursor end, DropReason reason)
    {
        Account = Account.Drop(end, reason);
        PassAhead();
    }

    public void Settle(Cursor end, int deadLettered, DropCounts dropped)
    {
        Account = Account.Settle(end, deadLettered, dropped);
        _told = Account.Dropped;
        PassAhead();
    }

    public void DeliverAhead(EventRange range)
    {
        _ahead.Add(range);
        PassAhead();
    }

    public void MoveTo(Cursor cursor)
    {
        ForgetFront();
        WaitingSince = null;
        Account = Account.MoveTo(cursor);
    }

    private void ForgetAheadBefore(Cursor start) =>
        _ahead.RemoveAll(range => range.Start.Stream != start.Stream || range.Start.Ordinal < start.Ordinal);

    private void ForgetFront()
    {
        ForgetSuspects();
        ForgetParts();
        _ahead.Clear();
    }

    private void PassAhead()
    {
        while (_ahead.Count > 0 && !HasSuspects && _ahead[0].Start.Ordinal == Account.Cursor.Ordinal)
        {
            Account = Account.Deliver(_ahead[0].End);
            _ahead.RemoveAt(0);
        }

        _parts.Pass(Front.Ordinal);
    }
}
