using TelemetryActors.Delivery;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>What a sink goes on from: what was kept when this process gets it, what it keeps itself when it was made anew.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class SinkLoading(SupervisedDelivery sink)
{
    /// <summary>Goes on from what was kept, once this process has the sink.</summary>
    public void Load(SinkState state)
    {
        if (state.Circuit.State != CircuitState.Closed && sink.Definition.IsCauseOver?.Invoke(state.Circuit) == true)
        {
            state = state with { Circuit = CircuitRecord.Closed };
        }

        // A sink that never ran begins at the tail of every slot there is now; one that comes to light later is read from its oldest event.
        var startTails = sink.Environment.StartTails;
        SlotTail[] others = sink.Definition.StartsAtTail && state.Accounts.Count == 0
            ? [.. sink.Environment.Sources().Where(source => startTails.All(tail => tail.Slot != source.Slot)).Select(source => SlotTail.Of(source))]
            : [];
        lock (sink.Gate)
        {
            sink.Load(state);
            if (!sink.Definition.IsEventLog)
            {
                // The event log writes one slot, and its account says where it stands there.
                sink.Delivery.See([.. startTails, .. others], sink.Now);
            }

            sink.IsElsewhere = false;

            // Whoever asked before it was known how far the sink is asks for nothing when it is there already.
            sink.EndReachedFlushes();
            sink.TakeUpCutOff();
        }
    }

    /// <summary>Another process has the sink of this base directory.</summary>
    public void SetElsewhere()
    {
        lock (sink.Gate)
        {
            sink.IsElsewhere = true;
            sink.Flushes.EndAll();
        }
    }

    /// <summary>Whether a sink that threw may be made anew now: not before all its dead letters are written, nor while telemetry is switched off.</summary>
    public bool MayMakeAnew
    {
        get
        {
            lock (sink.Gate)
            {
                var now = sink.Now;
                sink.Notes.Health.Tick(now);
                return sink.WhyHeld is null && sink.Letters.Count == 0 && sink.Notes.Health.RestartHold.IsOver(now);
            }
        }
    }

    /// <summary>The sink was made anew, and this is what it keeps now; circuit, pause and waits stay.</summary>
    public void Reload(IReadOnlyList<SinkAccount> accounts)
    {
        lock (sink.Gate)
        {
            sink.Reload(accounts);
        }
    }

    /// <summary>The sink was made anew and cannot say what it keeps: it is made anew once more, later. The same cause is told once.</summary>
    public void ReloadFailed(string cause) => sink.Do(now =>
    {
        if (cause != sink.Notes.LastError)
        {
            sink.Notes.Fault(cause, now);
        }

        sink.Notes.Health.Failed(cause, now);
        sink.Notes.Health.Threw(now);
    });
}
