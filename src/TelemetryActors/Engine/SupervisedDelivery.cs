using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>One sink's delivery, the call that is under way, what is noted of both and who waits for them: all that is decided for a sink, under one lock.</summary>
/// <remarks>Whoever uses it holds the gate, but for <see cref="Do"/> and <see cref="FlushAsync"/>, which take it.</remarks>
internal sealed class SupervisedDelivery
{
    private SinkPolicy _policy;

    public SupervisedDelivery(SinkDefinition definition, SupervisionPolicy supervision, EngineEnvironment environment)
    {
        Definition = definition;
        Environment = environment;
        Notes = new SinkNotes(definition.Name, supervision, environment.Raise);
        Call = new CallInFlight(environment.Time);
        _policy = definition.Policy;
        Delivery = Fresh(SinkState.Fresh);
    }

    /// <summary>Guards all else here; what is raised is raised outside it.</summary>
    public Lock Gate { get; } = new();

    public SinkDefinition Definition { get; }

    public EngineEnvironment Environment { get; }

    public SinkDelivery Delivery { get; private set; }

    public SinkNotes Notes { get; }

    public CallInFlight Call { get; }

    public FlushList Flushes { get; } = new();

    /// <summary>Dead letters that are still to be written; nothing begins before they are.</summary>
    public IReadOnlyList<DeadLetter> Letters { get; private set; } = [];

    /// <summary>Whether another process has the sink.</summary>
    public bool IsElsewhere { get; set; }

    /// <summary>Why nothing goes to the sink, as telemetry is switched off; null while it may. The event log gets what was accepted before.</summary>
    public string? WhyHeld => Definition.IsEventLog ? null : Environment.WhyHeld();

    public DateTimeOffset Now => Environment.Time.GetUtcNow();

    public SinkState State => Call.UnderWay is { } call ? Delivery.State with { Call = call } : Delivery.State;

    /// <summary>Goes on from what was kept. What was not set aside yet is refused again: what was kept knows nothing of it.</summary>
    public void Load(SinkState state)
    {
        Delivery = Fresh(state);
        Letters = [];
    }

    /// <summary>Goes on with other accounts; circuit, pause and waits stay.</summary>
    public void Reload(IReadOnlyList<SinkAccount> accounts)
    {
        // What is a dead letter stays one, whatever the sink's data know of it.
        var dead = Delivery.State.DeadLettered;
        var state = Delivery.State with { Accounts = OwnAccounts.ToGoOnFrom(Delivery.Accounts, accounts), Outstanding = null, Suspects = null, DeliveredAhead = [] };
        Delivery = new SinkDelivery(_policy, state.WithDeadLetters(dead, dead), Definition.StartsAtTail, Now);
    }

    /// <summary>Changes size and age of batches from the next one on, whatever is loaded later.</summary>
    public void SetBatching(int flushEvents, TimeSpan flushInterval)
    {
        _policy = _policy.WithBatching(flushEvents, flushInterval);
        Delivery.SetBatching(flushEvents, flushInterval);
    }

    /// <summary>Notes what an outcome meant.</summary>
    public void Note(Settlement settlement, DateTimeOffset now)
    {
        if (settlement.DeadLetters.Count > 0)
        {
            Letters = [.. Letters, .. settlement.DeadLetters];
        }

        Notes.Settled(settlement, now);
    }

    /// <summary>Letters are in their file.</summary>
    /// <param name="written">Which.</param>
    /// <param name="replaced">How many of them stand where the same event's letter stood.</param>
    public void NoteWritten(IReadOnlyList<DeadLetter> written, int replaced)
    {
        Letters = [.. Letters.Except(written)];
        if (replaced > 0)
        {
            Delivery.Redeliveries.Replace(replaced);
        }
    }

    /// <summary>Sends what is there now without waiting for batches to fill.</summary>
    /// <param name="tails">What is there.</param>
    /// <param name="timeout">How long the sink is in a hurry at most.</param>
    /// <param name="takesUpCutOff">Whether a call that the end of an earlier program cut off makes it wait no more: for a crash event, which goes at the next start.</param>
    /// <returns>True when everything up to the tails was settled; false when time is over, the sink is open, paused or elsewhere, or something of it may not be sent now or is no more.</returns>
    public async Task<bool> FlushAsync(IEnumerable<SlotTail> tails, TimeSpan timeout, bool takesUpCutOff = false)
    {
        var flush = BeginFlush(tails, takesUpCutOff);
        try
        {
            return await flush.Ended.WaitAsync(timeout, Environment.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (Gate)
            {
                Flushes.Remove(flush);
            }
        }
    }

    /// <summary>Ends the flushes whose events are settled, and all where nothing will be for a while.</summary>
    public void EndReachedFlushes()
    {
        if (Flushes.IsEmpty)
        {
            return;
        }

        if (WhyHeld is not null || IsElsewhere || Delivery.IsPaused || Delivery.Circuit.State == CircuitState.Open)
        {
            Flushes.EndAll();
            return;
        }

        Flushes.EndReached(Delivery.Accounts);
    }

    /// <summary>What the end of an earlier program cut off is due now, when a flush waits for it. Asked when a flush begins and when a state is loaded: what this program's own end cuts off waits for the next one.</summary>
    public void TakeUpCutOff()
    {
        if (Flushes.TakesUpCutOff)
        {
            Delivery.EndCutOff();
        }
    }

    /// <summary>What has happened since the last time, to be raised outside the gate.</summary>
    public IReadOnlyList<SinkTransition> Noted(DateTimeOffset now) => Notes.Take(Delivery.Circuit, Delivery.Pending, now);

    /// <summary>What the gate guards, then what came of it: never the other way round. Not for what happens with each batch, because it allocates.</summary>
    public void Do(Action<DateTimeOffset> change)
    {
        IReadOnlyList<SinkTransition> transitions;
        lock (Gate)
        {
            var now = Now;
            change(now);
            transitions = Noted(now);
        }

        Notes.Outbox.Raise(transitions);
    }

    private FlushRequest BeginFlush(IEnumerable<SlotTail> tails, bool takesUpCutOff)
    {
        lock (Gate)
        {
            var flush = Flushes.Add(tails, takesUpCutOff);
            EndReachedFlushes();
            TakeUpCutOff();
            return flush;
        }
    }

    private SinkDelivery Fresh(SinkState state)
    {
        var delivery = new SinkDelivery(_policy, state, Definition.StartsAtTail || Definition.State == KeptState.None, Now);
        Notes.Begin(delivery.Circuit);
        return delivery;
    }
}
