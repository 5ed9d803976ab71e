using System.Globalization;
using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>Notes what happens to a sink: for its status, and as transitions that become events. Its owner holds a lock, and raises what was noted after it.</summary>
internal sealed class SinkNotes(string sink, SupervisionPolicy supervision, Action<SinkTransition> raise)
{
    private readonly FaultAllowance _faults = new();
    private CircuitRecord _seenCircuit = CircuitRecord.Closed;

    public SinkHealth Health { get; } = new(supervision);

    public TransitionOutbox Outbox { get; } = new(sink, raise);

    /// <summary>The last failure, the sink's or the listener's.</summary>
    public string? LastError => Health.LastError ?? Outbox.LastListenerError?.Message;

    /// <summary>Takes a circuit as it was kept: nothing has happened to it yet.</summary>
    public void Begin(CircuitRecord circuit) => _seenCircuit = circuit;

    /// <summary>Events that this process has set aside as dead letters, those that were letters before among them.</summary>
    public long SetAside { get; private set; }

    /// <summary>Events that this process has given up, by reason: every attempt of their batch failed, or they were gone before they were read.</summary>
    public DropCounts GivenUp { get; private set; } = DropCounts.None;

    public void Threw(SinkOutcome outcome, DateTimeOffset now)
    {
        Health.Threw(now);
        Outbox.Add(SinkTransitionKind.Restarted, now, (outcome as SinkOutcome.Retry)?.Reason);
    }

    /// <summary>A fault is the last failure in any case, and an event as often as <see cref="FaultAllowance"/> allows.</summary>
    public void Fault(string cause, DateTimeOffset now)
    {
        Health.Failed(cause, now);
        if (_faults.TryTell(now))
        {
            var untold = _faults.TakeUntold();
            Outbox.Add(SinkTransitionKind.StateFault, now, untold == 0 ? cause : string.Create(CultureInfo.InvariantCulture, $"{cause}; {untold} faults before it were not told"));
        }
    }

    public void Gone(BatchPlan plan, EventRead read, DateTimeOffset now)
    {
        var gone = read.Start.Stream == plan.From.Stream && !plan.NewestOnly ? read.Start.Ordinal - plan.From.Ordinal : 0;
        if (gone > 0)
        {
            var reason = read.GoneReason == DropReason.None ? DropReason.InDoubt : read.GoneReason;
            GivenUp = GivenUp.Plus(reason, gone);
            Outbox.Add(SinkTransitionKind.EventsGone, now, reason.ToString(), gone);
        }
    }

    public void Settled(Settlement settlement, DateTimeOffset now)
    {
        SetAside += settlement.DeadLetters.Count;
        GivenUp = GivenUp.Plus(DropReason.Discarded, settlement.Verdict == Verdict.Discarded ? settlement.Range.Count : 0);

        // The letter of an announcement is not announced: where a sink refuses announcements, each would be the cause of the next.
        var told = settlement.DeadLetters.Count(letter => !letter.IsAnnouncement);
        if (told > 0)
        {
            Outbox.Add(SinkTransitionKind.DeadLettered, now, settlement.DeadLetters.First(letter => !letter.IsAnnouncement).Reason, told);
        }

        if (settlement.Verdict == Verdict.Settled)
        {
            Health.Delivered(now);
        }
        else if (settlement.Cause is { } cause)
        {
            Health.Failed(cause, now);
        }

        if (settlement.Verdict is Verdict.Kept or Verdict.Discarded or Verdict.SetAside)
        {
            var fate = settlement.Verdict switch
            {
                Verdict.Kept => "kept",
                Verdict.SetAside => "set aside as dead letters",
                _ => "discarded",
            };
            Outbox.Add(SinkTransitionKind.UploadFailed, now, $"{settlement.Cause}; {fate}", settlement.Range.Count);
        }
    }

    public void Commanded(SinkCommand command, string? result, long events, DateTimeOffset now)
    {
        // Who asked stands in the command file, which stays here; the event goes to whoever gets events.
        var kind = command.Kind.ToString().ToLowerInvariant();
        var asked = command.Why is { Length: > 0 } why ? $"{kind}: {why}" : kind;
        Outbox.Add(SinkTransitionKind.Commanded, now, result is null ? asked : $"{asked}; {result}", events);
    }

    /// <summary>Looks whether the circuit has changed, and takes all that was noted.</summary>
    public IReadOnlyList<SinkTransition> Take(CircuitRecord circuit, long pending, DateTimeOffset now)
    {
        if (circuit.State != _seenCircuit.State)
        {
            var kind = circuit.State switch
            {
                CircuitState.Open => circuit.IsMisconfigured ? SinkTransitionKind.Misconfigured : SinkTransitionKind.Opened,
                CircuitState.Probing => SinkTransitionKind.Probing,
                _ => SinkTransitionKind.Closed,
            };
            Outbox.Add(kind, now, circuit.Cause, pending, circuit.OpenUntil);
        }

        _seenCircuit = circuit;
        return Outbox.Take();
    }
}
