using TelemetryActors.Events;
using TelemetryActors.Supervision;

namespace TelemetryActors.Delivery;

/// <summary>What goes to a sink once more, one redelivery after another: the one under way has a lane beside those of the writer slots.</summary>
/// <remarks>Whatever becomes of one is added to the totals when its lane ends, so that the sink's accounts balance at any time. Its owner holds a lock.</remarks>
public sealed class RedeliveryQueue
{
    private readonly List<SlotLane> _lanes;
    private readonly List<Redelivery> _waiting = [];
    private SlotLane? _lane;
    private Hold _boundsHold;
    private BoundsQuestion? _question;

    internal RedeliveryQueue(IReadOnlyList<Redelivery> kept, SinkAccount totals, List<SlotLane> lanes)
    {
        _lanes = lanes;
        _waiting.AddRange(kept);
        Totals = totals;
        BeginNext();
    }

    /// <summary>What became of all redeliveries that have ended, and of purged dead letters.</summary>
    public SinkAccount Totals { get; private set; }

    /// <summary>Events of redeliveries that have not begun.</summary>
    public long Waiting
    {
        get
        {
            var events = 0L;
            foreach (var redelivery in _waiting)
            {
                events += redelivery.Account.Pending;
            }

            return events;
        }
    }

    /// <summary>What is kept: the one under way first.</summary>
    public IReadOnlyList<Redelivery> All =>
        _lane is null ? [.. _waiting] : [new Redelivery(_lane.Id.Origin, _lane.Account) { IsWhole = _lane.IsWhole }, .. _waiting];

    /// <summary>The totals, then the account of each redelivery that has not ended.</summary>
    public IReadOnlyList<SinkAccount> Accounts => [Totals, .. All.Select(redelivery => redelivery.Account)];

    /// <summary>Has events delivered once more, beside the cursor, in turn with new ones.</summary>
    public void Add(Redelivery redelivery)
    {
        _waiting.Add(redelivery);
        BeginNext();
    }

    /// <summary>Counts dead letters that an operator threw away.</summary>
    public void Purge(long letters) =>
        Count(new SinkAccount { DeadLettered = -letters, Dropped = DropCounts.None.Plus(DropReason.Purged, letters) });

    /// <summary>Whether a question still waits for its answer: not when its replays were cancelled, or answered, since it was asked.</summary>
    public bool Awaits(BoundsQuestion question) => question is not null && question == _question;

    /// <summary>Events that were refused once more and were dead letters before: they are the letters they were, accepted once.</summary>
    public void Replace(long letters) => Count(new SinkAccount { Carried = -letters, DeadLettered = -letters });

    /// <summary>The sink has told which bounds it has for the time it was asked about; none when it has no use for them. Every slot's replay of that time can go.</summary>
    public void BoundsFound(IReadOnlyList<EventRange> stored) =>
        Resolve(replay => ReplayPieces.Of(replay.Slot, replay.Cursor, replay.Tail, stored));

    // The first time that the sink is still to be asked about; null when there is none.
    private ReplayTime? Unbounded => _waiting.Find(redelivery => redelivery.BoundsWanted is not null)?.BoundsWanted;

    // The same question until it is answered or cancelled: a sink that goes on telling goes on with it.
    internal BoundsQuestion? BoundsWanted(DateTimeOffset now) =>
        _lane is null && _boundsHold.IsOver(now) && Unbounded is { } time ? _question ??= new BoundsQuestion(time) : null;

    // Without bounds a replay would make doubles: it is not begun, and whoever asked for it may ask again.
    internal long BoundsRefused()
    {
        var events = 0L;
        Resolve(replay =>
        {
            events += replay.Pending;
            Count(replay.Drop(replay.Tail, DropReason.Skipped));
            return [];
        });
        return events;
    }

    private void Resolve(Func<SinkAccount, IReadOnlyList<Redelivery>> pieces)
    {
        var time = Unbounded;
        _question = null;
        List<Redelivery> resolved = [.. _waiting.SelectMany(redelivery => time is not null && redelivery.BoundsWanted == time ? pieces(redelivery.Account) : [redelivery])];
        _waiting.Clear();
        _waiting.AddRange(resolved);
        BeginNext();
    }

    internal void BoundsUnknown(TimeSpan wait, DateTimeOffset now) => _boundsHold = Hold.For(wait, now);

    internal void Tick(DateTimeOffset now)
    {
        _boundsHold = _boundsHold.ClampedTo(now);
        if (_lane is not null)
        {
            _lane.PutOff = _lane.PutOff.ClampedTo(now);
        }
    }

    internal void Cancel()
    {
        foreach (var redelivery in _waiting)
        {
            Count(redelivery.Account.Drop(redelivery.Account.Tail, DropReason.Skipped));
        }

        _waiting.Clear();
        _question = null;
        _lane?.GiveUp(DropReason.Skipped);
        Pass();
    }

    // Ends the lane when all of it is settled, and begins the next.
    internal void Pass()
    {
        if (_lane is { HasSuspects: false, Account.Pending: 0 } ended)
        {
            Count(ended.Account);
            _lanes.Remove(ended);
            _lane = null;
            BeginNext();
        }
    }

    private void Count(SinkAccount account) => Totals = Totals with
    {
        Replayed = Totals.Replayed + account.Accepted,
        Delivered = Totals.Delivered + account.Delivered,
        DeadLettered = Totals.DeadLettered + account.DeadLettered,
        Dropped = Totals.Dropped.Plus(account.Dropped),
    };

    // A replay whose bounds are still to be found is passed: what it waits for may take long.
    private void BeginNext()
    {
        while (_lane is null && _waiting.Find(redelivery => redelivery.BoundsWanted is null) is { } next)
        {
            _waiting.Remove(next);
            if (next.Account.Pending == 0)
            {
                Count(next.Account);
            }
            else
            {
                _lane = new SlotLane(next.Account, next.Origin, next.IsWhole);
                _lanes.Add(_lane);
            }
        }
    }
}
