using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>Watches a sink's call: counts what takes too long as failed, ends what nobody waits for, says what of it is to be seen from outside.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class CallWatch(SupervisedDelivery sink, SupervisionPolicy supervision)
{
    private readonly TimeSpan _shownAfter = supervision.Heartbeat / 2;
    private readonly TimeSpan _chance = supervision.Chance;

    /// <summary>The token of the call that was begun last.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (sink.Gate)
            {
                return sink.Call.Token;
            }
        }
    }

    /// <summary>Whether a call was given up and has not ended.</summary>
    public bool IsHanging
    {
        get
        {
            lock (sink.Gate)
            {
                return sink.Call.UnderWay is { IsGivenUp: true };
            }
        }
    }

    /// <summary>
    /// The number of what there is to be kept now of the call, for those who look from outside: once when it has taken its time, once more when it was given up and each time that it counts again.
    /// Null when nothing is.
    /// </summary>
    public long? ToShow
    {
        get
        {
            lock (sink.Gate)
            {
                return sink.Call.ToShow(_shownAfter);
            }
        }
    }

    /// <summary>What had this number is kept; what has happened to the call since is still to be.</summary>
    public void Shown(long number)
    {
        lock (sink.Gate)
        {
            sink.Call.Shown(number);
        }
    }

    /// <summary>The sink is called now. What its call took before, a slow disk of ours took: no further time limit counts against it.</summary>
    public void Sent()
    {
        lock (sink.Gate)
        {
            sink.Call.Sent();
        }
    }

    /// <summary>Looks at the clock: a call over its time counts as failed now, even while the sink hangs, and once more for each further time limit that it hangs on.</summary>
    public void Tick() => sink.Do(now =>
    {
        sink.Delivery.Tick(now);
        sink.Notes.Health.Tick(now);
        SeeWhatWaits(now);
        if (sink.Call.IsOverTime)
        {
            sink.Call.Cancel();
            sink.Note(sink.Delivery.TimedOut(now, sink.Environment.Jitter()), now);
        }
        else if (sink.Call.IsOverTimeAgain)
        {
            sink.Call.CountAgain();
            sink.Delivery.HangsOn(now, sink.Environment.Jitter());
        }

        sink.EndReachedFlushes();
    });

    /// <summary>Who called the sink is no more: the call is cancelled and counts as failed now; nothing begins before it has ended.</summary>
    public void GiveUp(string cause) => sink.Do(now =>
    {
        if (sink.Call.IsRunning)
        {
            sink.Call.Cancel();
            sink.Note(sink.Delivery.GiveUpCall(cause, now, sink.Environment.Jitter()), now);
        }
    });

    /// <summary>The program ends, and the call that is under way with it: a failure when it had its chance, no attempt otherwise. The event log's own is not asked.</summary>
    /// <returns>Whether there is something to keep.</returns>
    public bool CutOff()
    {
        var isFailure = false;
        sink.Do(now =>
        {
            if (!sink.Definition.IsEventLog && sink.Call.IsRunning && sink.Call.Elapsed >= _chance)
            {
                isFailure = true;
                var cause = CutOffCause.Of(sink.Call.Elapsed);
                sink.Call.Cancel();
                sink.Note(sink.Delivery.CutOff(cause, now, sink.Environment.Jitter()), now);
            }
        });
        return isFailure;
    }

    // A sink that hangs asks for nothing; what waits for it grows all the same, and operators must see that.
    private void SeeWhatWaits(DateTimeOffset now)
    {
        if (sink.Delivery.IsBusy && sink.Environment.Sources() is [var own, ..])
        {
            sink.Delivery.See([SlotTail.Of(own)], now);
        }
    }
}
