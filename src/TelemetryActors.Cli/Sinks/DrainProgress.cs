using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;
using TelemetryActors.Supervision;

namespace TelemetryActors.Cli.Sinks;

/// <summary>How far one sink is with what was there when a drain began.</summary>
/// <param name="sink">The sink as its supervisor sees it; null when it does not run at all.</param>
/// <param name="tails">The ends of all writer slots when the drain began; null while nobody has looked there.</param>
/// <param name="hasDoneCommands">Whether what was asked of the sink was carried out before it was looked at.</param>
/// <param name="notTaken">The events that the drain itself has settled without the sink's taking them.</param>
internal sealed class DrainProgress(SinkStatus? sink, IReadOnlyList<SlotTail>? tails, bool hasDoneCommands, (long SetAside, long Discarded) notTaken)
{
    /// <summary>Whether this process has gone on from what the sink had done before: until then it counts nothing, and nothing seems to wait.</summary>
    public bool IsLoaded => sink is { Accounts.Count: > 0 };

    /// <summary>Whether its counts are those of everything that was there.</summary>
    public bool HasSeenAll => IsLoaded && All(account => account.Tail);

    /// <summary>Whether everything that was there is settled, here, and what was asked of the sink with it; what came meanwhile is not waited for.</summary>
    public bool IsThrough => hasDoneCommands && IsLoaded && sink is { IsElsewhere: false, Redelivering: 0 } && All(account => account.Cursor);

    /// <summary>Whether the sink has taken everything that was there.</summary>
    public bool IsTaken => IsThrough && notTaken is { SetAside: 0, Discarded: 0 };

    /// <summary>Whether nothing is sent now, and what is left is known. What was asked of the sink is carried out by then.</summary>
    public bool IsStopped => sink is { IsElsewhere: true } || (hasDoneCommands && HasSeenAll && (sink!.IsPaused || sink.Circuit.State == CircuitState.Open));

    /// <summary>How it stands, in words.</summary>
    /// <param name="sinkFault">Why the sinks' own files cannot be written; null when they can.</param>
    public string Text(string? sinkFault)
    {
        if (sink is null || !IsLoaded)
        {
            return $"nothing was delivered: {WhyNot(sinkFault)}";
        }

        var waiting = sink.Pending == 0 ? "nothing waits" : IsThrough ? $"{sink.Pending} came meanwhile and wait" : $"{sink.Pending} wait: {WhyNot(sinkFault)}";
        var letters = sink.DeadLettered > 0 ? $"; {sink.DeadLettered} dead {(sink.DeadLettered == 1 ? "letter" : "letters")}" : "";
        letters += notTaken.SetAside > 0 ? $"; {notTaken.SetAside} set aside now" : "";
        letters += notTaken.Discarded > 0 ? $"; {notTaken.Discarded} discarded now" : "";
        return IsThrough || sink.Pending > 0 ? $"{sink.Delivered} delivered in all, {waiting}{letters}" : $"{sink.Delivered} delivered in all: {WhyNot(sinkFault)}";
    }

    private string WhyNot(string? sinkFault) =>
        sink is null ? "the sinks could not be started"
        : sink.IsElsewhere ? sinkFault ?? "another process has the sink, and delivers"
        : sink.IsPaused ? "the sink is paused"
        : sink.Circuit.Cause ?? sink.LastError ?? "there was no time for more";

    private bool All(Func<SinkAccount, Cursor> placeOf) => tails is not null && tails.All(slot => slot.Tail.Ordinal == 0
        || sink!.Accounts.Any(account => account.Slot == slot.Slot && placeOf(account) is var place && place.Stream == slot.Tail.Stream && place.Ordinal >= slot.Tail.Ordinal));
}
