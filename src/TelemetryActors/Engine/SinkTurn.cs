using TelemetryActors.Delivery;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Engine;

/// <summary>One turn of a sink's thread: what is owed to the disk, what the sink must be asked first, then one batch - planned, read, delivered, kept.</summary>
/// <remarks>The worker's thread's alone.</remarks>
internal sealed class SinkTurn(SinkSupervisor supervisor, SinkKeeper keeper, SinkHost host, SinkTakeOver takeOver, EngineEnvironment environment, Func<bool> isStopping)
{
    private readonly SinkDefinition _definition = supervisor.Definition;
    private readonly SinkSources _sources = new(supervisor.Definition, environment);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BatchReader.BufferBytes(supervisor.Definition.Policy));
    private IReadOnlyList<IEventSource> _slots = [];
    private SlotTail[] _tails = [];

    /// <summary>The slot whose new events wake the thread, this process's own; null before the first turn.</summary>
    public int? OwnSlot => _slots is [var own, ..] ? own.Slot : null;

    /// <summary>Takes a turn.</summary>
    /// <param name="hurry">Whether what is there goes without waiting for a batch to fill.</param>
    /// <returns>False when there is nothing to do now.</returns>
    public bool TryTake(bool hurry)
    {
        if (keeper.IsBehind || supervisor.UnwrittenLetters.Count > 0)
        {
            keeper.Keep();
        }

        if (!takeOver.TryReload())
        {
            return false;
        }

        // A search that never ends would take the time that the last batch has.
        if (!isStopping())
        {
            FindBounds();
        }

        if (supervisor.TryBegin(Tails(), hurry) is not { } plan)
        {
            return false;
        }

        var buffer = BatchReader.Fit(_buffer, plan);
        if (Read(plan, buffer) is not { } read || supervisor.Loaded(plan, read) is not { } planned)
        {
            // What is gone, or may not go, is settled by that.
            keeper.Keep();
            return true;
        }

        Deliver(planned, buffer.AsMemory(0, read.Bytes));
        keeper.Keep();
        return true;
    }

    // Before a replay goes on, the sink is asked what it has of that time already, so that it makes no doubles.
    private void FindBounds()
    {
        if (supervisor.BoundsWanted is not { } question)
        {
            return;
        }

        try
        {
            supervisor.BoundsFound(question, host.FindBounds(question));
        }
        catch (Exception exception)
        {
            supervisor.BoundsUnknown(question, exception);
        }
    }

    private EventRead? Read(BatchPlan plan, byte[] buffer)
    {
        try
        {
            return _sources.Read(plan, buffer);
        }
        catch (Exception exception)
        {
            supervisor.ReadFailed($"{exception.GetType().Name}: {exception.Message}");
            return null;
        }
    }

    private void Deliver(PlannedBatch planned, ReadOnlyMemory<byte> lines)
    {
        if (_definition.Policy.KeepsBoundsFirst ? !keeper.Keep() : !keeper.IsOwner)
        {
            supervisor.HandBack("what the batch holds could not be kept before it was sent, so it was not sent");
            return;
        }

        var batch = planned.Of(lines);
        supervisor.Sent();
        var outcome = host.Deliver(batch, supervisor.CallToken, out var thrown);
        if (thrown is not null)
        {
            takeOver.WasMadeAnew();
        }

        supervisor.Complete(outcome, threw: thrown is not null);
    }

    private ReadOnlySpan<SlotTail> Tails()
    {
        var slots = _sources.Slots;
        if (!ReferenceEquals(slots, _slots))
        {
            _slots = slots;
            _tails = new SlotTail[slots.Count];
        }

        for (var index = 0; index < _tails.Length; index++)
        {
            _tails[index] = SlotTail.Of(_slots[index]);
        }

        return _tails;
    }
}
