using System.Globalization;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Engine;

/// <summary>What operators have a sink do: commands, dead letters that they put back or throw away, replays with what the sink has of their time already, other batches.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class SinkOperations(SupervisedDelivery sink)
{
    /// <summary>Carries out a command that concerns delivery alone.</summary>
    public void Execute(SinkCommand command) => sink.Do(now =>
    {
        var (events, result) = CommandRules.Obey(command, sink.Definition, sink.Delivery, now);
        if (command.Kind is SinkCommandKind.Reset or SinkCommandKind.Probe)
        {
            sink.Notes.Health.ForgetRestarts();
        }

        sink.Notes.Commanded(command, result, events, now);
        sink.EndReachedFlushes();
    });

    /// <summary>Dead letters were taken out of their file: they wait again, or were thrown away.</summary>
    /// <param name="command">What was asked for.</param>
    /// <param name="from">Before the first of them.</param>
    /// <param name="to">Behind the last.</param>
    /// <param name="note">What there is to say beside their number; null when nothing.</param>
    public void Revive(SinkCommand command, Cursor from, Cursor to, string? note) => sink.Do(now =>
    {
        var letters = to.Ordinal - from.Ordinal;
        if (command.Kind == SinkCommandKind.Retry)
        {
            sink.Delivery.Redeliveries.Add(Redelivery.DeadLetters(from, to));
        }
        else
        {
            sink.Delivery.Redeliveries.Purge(letters);
        }

        var what = command.Kind == SinkCommandKind.Retry ? "dead letters are delivered again" : "dead letters were thrown away";
        sink.Notes.Commanded(command, string.Create(CultureInfo.InvariantCulture, $"{letters} {what}{(note is null ? "" : "; ")}{note}"), letters, now);
    });

    /// <summary>What the sink is to be asked now of its bounds; null when nothing is.</summary>
    public BoundsQuestion? BoundsWanted
    {
        get
        {
            lock (sink.Gate)
            {
                return sink.WhyHeld is null ? sink.Delivery.BoundsWanted(sink.Now) : null;
            }
        }
    }

    /// <summary>The sink told its bounds; those of a replay that was cancelled meanwhile say nothing of the next.</summary>
    public void BoundsFound(BoundsQuestion question, IReadOnlyList<EventRange> stored)
    {
        lock (sink.Gate)
        {
            if (sink.Delivery.Redeliveries.Awaits(question))
            {
                sink.Delivery.Redeliveries.BoundsFound(stored);
            }
        }
    }

    /// <summary>The sink did not tell its bounds: it goes on telling them, it is asked again later and the replay waits, or the replay is refused.</summary>
    public void BoundsUnknown(BoundsQuestion question, Exception cause) => sink.Do(now =>
    {
        if (!sink.Delivery.Redeliveries.Awaits(question))
        {
            return;
        }

        switch (cause)
        {
            case TimeoutException:
                sink.Delivery.BoundsUnfinished(now);
                break;
            case UnauthorizedAccessException:
                sink.Notes.Fault(string.Create(CultureInfo.InvariantCulture, $"replay refused, {sink.Delivery.BoundsRefused()} events skipped: {cause.Message}"), now);
                break;
            default:
                sink.Notes.Fault($"replay waits: {cause.GetType().Name}: {cause.Message}", now);
                sink.Delivery.BoundsUnknown(now);
                break;
        }
    });

    /// <summary>The program ends: an event log that rests after a failure or a throw is tried now, for what its disk does not take now may be lost. Other sinks rest on.</summary>
    public void TryLast()
    {
        lock (sink.Gate)
        {
            if (sink.Definition.IsEventLog)
            {
                sink.Delivery.ProbeAt(sink.Now);
                sink.Notes.Health.ForgetRestarts();
            }
        }
    }

    /// <summary>Changes size and age of batches from the next one on.</summary>
    public void SetBatching(int flushEvents, TimeSpan flushInterval)
    {
        lock (sink.Gate)
        {
            sink.SetBatching(flushEvents, flushInterval);
        }
    }

    /// <summary>Sets a slot's cursor back or forward (skip).</summary>
    /// <returns>False while a batch is under way, or when the cursor is of another stream.</returns>
    public bool MoveTo(int slot, Cursor cursor)
    {
        lock (sink.Gate)
        {
            return !sink.Call.IsRunning && sink.Letters.Count == 0 && sink.Delivery.MoveTo(slot, cursor);
        }
    }
}
