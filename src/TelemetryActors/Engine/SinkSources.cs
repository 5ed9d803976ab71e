using TelemetryActors.Delivery;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>What one sink is fed from: the writer slots' streams, and the dead letters that were put back.</summary>
/// <remarks>For one reader; <see cref="Of"/> may be called by another beside it.</remarks>
internal sealed class SinkSources(SinkDefinition definition, EngineEnvironment environment)
{
    private readonly TakenLetters _letters = new(environment.Files, environment.BaseDirectory, definition.Name);

    // Which events tell something of the sink: one that refuses announcements and nothing else is not at fault.
    private readonly Func<ReadOnlyMemory<byte>, bool> _tells = line => definition.Asks?.Invoke(line) != false && !Announcements.Are(line);

    // The event log's one slot, for as long as the slots are the same: who reads looks whether the list is.
    private IReadOnlyList<IEventSource> _all = [];
    private IReadOnlyList<IEventSource> _own = [];

    /// <summary>The writer slots, this process's own first. The event log writes its own slot; all others read every slot.</summary>
    public IReadOnlyList<IEventSource> Slots
    {
        get
        {
            var slots = environment.Sources();
            if (!definition.IsEventLog || slots.Count < 2)
            {
                return slots;
            }

            if (!ReferenceEquals(slots, _all))
            {
                (_all, _own) = (slots, [slots[0]]);
            }

            return _own;
        }
    }

    /// <summary>The source of a number that a plan or a dead letter names; null when it is not there now.</summary>
    public IEventSource? Of(int slot)
    {
        if (slot == LaneId.NoSlot)
        {
            return _letters;
        }

        foreach (var source in environment.Sources())
        {
            if (source.Slot == slot)
            {
                return source;
            }
        }

        return null;
    }

    /// <summary>Reads what a plan asks for; nothing when its source is not there now, and a read of no stream when it never comes again.</summary>
    public EventRead Read(BatchPlan plan, byte[] buffer) =>
        Of(plan.Slot) is { } source ? BatchReader.Read(source, plan, buffer, _tells)
        : environment.IsGone(plan.Slot) ? new EventRead(default, default, 0, DropReason.Missing)
        : default(EventRead) with { Start = plan.From, End = plan.From };
}
