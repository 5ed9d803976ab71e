using TelemetryActors.Pipeline;

namespace TelemetryActors.Slots;

/// <summary>A stranded ring whose events were brought to the log.</summary>
/// <param name="At">When.</param>
/// <param name="Slot">Which slot's ring it was.</param>
/// <param name="Tail">Behind its newest event; together with the slot it names the ring.</param>
/// <param name="Events">How many of its events the log did not have when its slot went on without it.</param>
/// <param name="Lost">How many more neither the log nor the ring has: the ring had been written over.</param>
/// <param name="To">The slot whose log has them now, or the last of them; 0 when nothing in the ring could be trusted: it was of an earlier boot, or damaged.</param>
internal sealed record BroughtRing(DateTimeOffset At, int Slot, Cursor Tail, long Events, long Lost, int To)
{
    /// <summary>What became of it, in words. Who had gone on without the ring may have counted its events as in doubt: they stay so in that slot's account, and are accepted in another's.</summary>
    public string Note => To == 0 ? GivenUp : string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"slot {Slot}: {Events} events of a ring that another writer had gone on without, up to position {Tail.Position}, were brought to slot {To} on {At.UtcDateTime:u}; what is in doubt there may be they{(Lost > 0 ? $". {Lost} more are lost: that ring had been written over" : "")}");

    private string GivenUp => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"slot {Slot}: a ring that another writer had gone on without, up to position {Tail.Position}, was of an earlier boot of the machine, or damaged, and went on {At.UtcDateTime:u}: up to {Lost} events are lost with it");
}
