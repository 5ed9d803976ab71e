using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Tests.Delivery;

/// <summary>A delivery with a stream of ten-byte events beside it, driven by literal instants.</summary>
internal sealed class DeliveryRig
{
    public const int EventBytes = 10;

    private static readonly StreamId Stream = new(7);

    private readonly bool _startsAtTail;
    private long _tail;

    public DeliveryRig(SinkPolicy policy, SinkState? state = null, bool startsAtTail = false)
    {
        _startsAtTail = startsAtTail;
        Policy = policy;
        Delivery = new SinkDelivery(policy, state ?? SinkState.Fresh, startsAtTail, Now);
    }

    public static DateTimeOffset Noon { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public SinkPolicy Policy { get; }

    public SinkDelivery Delivery { get; private set; }

    public DateTimeOffset Now { get; set; } = Noon;

    /// <summary>The oldest event that can still be read.</summary>
    public long Floor { get; set; }

    /// <summary>An event that cannot be read any more, behind others that can; none at first.</summary>
    public long Gap { get; set; } = long.MaxValue;

    public SinkAccount Account => OnlyOne(Delivery.Accounts);

    public void Append(int events) => _tail += events;

    public DeliveryRig Appended(int events)
    {
        Append(events);
        return this;
    }

    public static Cursor At(long ordinal) => new(Stream, ordinal * EventBytes, ordinal);

    /// <summary>Begins and loads the next batch.</summary>
    public PlannedBatch? Begin(bool hurry = false)
    {
        if (Delivery.TryBegin(Now, [new SlotTail(1, At(_tail))], hurry) is not { } plan)
        {
            return null;
        }

        return Delivery.Loaded(Read(plan), Now);
    }

    public Settlement? End(SinkOutcome outcome, double jitter = 0) => Delivery.Complete(outcome, Now, jitter);

    /// <summary>Begins a batch, which must be there, and ends it.</summary>
    public PlannedBatch Send(SinkOutcome outcome)
    {
        var batch = Begin() ?? throw new InvalidOperationException("no batch is ready");
        End(outcome);
        return batch;
    }

    /// <summary>A new process with what was kept.</summary>
    public void Restart() => Delivery = new SinkDelivery(Policy, Delivery.State, _startsAtTail, Now);

    private EventRead Read(BatchPlan plan)
    {
        if (plan.NewestOnly)
        {
            return new EventRead(At(_tail - 1), At(_tail), EventBytes, DropReason.None);
        }

        // A stream that is gone begins with what is there of another.
        var from = Math.Max(Floor, plan.From.Stream == Stream || plan.From.Stream == StreamId.None ? plan.From.Ordinal : 0);
        from = from == Gap ? Gap + 1 : from;
        var end = from < Gap ? Math.Min(_tail, Gap) : _tail;
        var count = Math.Min(end - from, Math.Min(plan.MaxEvents, Math.Max(1, plan.MaxBytes / EventBytes)));
        return new EventRead(At(from), At(from + count), (int)count * EventBytes, DropReason.Overwritten);
    }

    private static SinkAccount OnlyOne(IReadOnlyList<SinkAccount> accounts) => accounts.Count == 1 ? accounts[0] : default;
}
