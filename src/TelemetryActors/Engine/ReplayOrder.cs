using System.Globalization;
using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>Turns an operator's replay into redeliveries, and says what will be delivered and what will not.</summary>
internal static class ReplayOrder
{
    /// <summary>Why a sink replays nothing; null when it can.</summary>
    public static string? WhyNot(SinkDefinition sink) =>
        sink.IsEventLog ? "refused: the event log is what replays are read from"
        : sink.State == KeptState.None ? "refused: the sink keeps no cursor, it shows only what comes"
        : sink.NeedsConsent ? "refused: " + Unconsented
        : null;

    /// <summary>Why a sink that needs consent replays nothing.</summary>
    public const string Unconsented = "consent covers only what was recorded while it was given";

    /// <summary>Puts what the sink has behind it in front of it once more.</summary>
    /// <returns>How many events that is, and what there is to say.</returns>
    public static (long Events, string Result) Begin(SinkDelivery delivery, ReplayRequest request)
    {
        var events = 0L;
        List<string> notes = [];
        foreach (var (slot, from, until) in request.Slots)
        {
            var account = delivery.Accounts.FirstOrDefault(account => account.Slot == slot);
            if (account.Slot != slot || account.Cursor.Stream != from.Stream)
            {
                notes.Add($"slot {slot} has another stream now");
                continue;
            }

            var to = until is { } end && end.Ordinal < account.Cursor.Ordinal ? end : account.Cursor;
            if (to.Ordinal > from.Ordinal)
            {
                events += to.Ordinal - from.Ordinal;
                delivery.Redeliveries.Add(Redelivery.Replay(slot, from, to) with { BoundsWanted = request.Time });
            }
        }

        notes.Insert(0, events == 0
            ? "nothing: what lies behind that time is still to be delivered, or nothing does"
            : string.Create(CultureInfo.InvariantCulture, $"{events} events are delivered once more"));
        return (events, string.Join("; ", notes));
    }
}
