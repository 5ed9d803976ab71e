using Akka.Actor;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>The batch that a sink's supervisor has under way: from its bounds, which some sinks need kept first, over the call to what became of it.</summary>
internal sealed class CallSide(SupervisorMemory memory, SinkSide sink, FilesSide files, ThrowLog throws)
{
    private readonly SinkSupervisor _decisions = memory.Decisions;
    private Deliver? _call;

    /// <summary>A batch was read.</summary>
    public void Begin(PlannedBatch planned, ReadOnlyMemory<byte> lines)
    {
        _call = new Deliver(planned.Of(lines), _decisions.CallToken);
        if (_decisions.Definition.Policy.KeepsBoundsFirst)
        {
            files.KeepBounds();
        }
        else
        {
            Send();
        }
    }

    /// <summary>It goes to the sink, unless that has gone meanwhile.</summary>
    public void Send()
    {
        if (_call is not null)
        {
            _decisions.Sent();
            sink.Actor.Tell(_call);
        }
    }

    /// <summary>Its bounds could not be kept.</summary>
    public void HandBack()
    {
        _call = null;
        _decisions.HandBack("what the batch holds could not be kept before it was sent, so it was not sent");
        files.Settle();
    }

    /// <summary>The call has ended.</summary>
    public void Complete(SinkOutcome outcome, bool threw)
    {
        _call = null;
        _decisions.Complete(outcome, threw);
        files.Settle();
    }

    /// <summary>The sink threw, and is made anew.</summary>
    public void Threw(Exception cause)
    {
        throws.Tell(cause);
        sink.WasMadeAnew();
        Complete(new SinkOutcome.Retry($"{cause.GetType().Name}: {cause.Message}"), threw: true);
    }

    /// <summary>Who was to take it was stopped.</summary>
    public void Lose()
    {
        _decisions.GiveUpCall("the sink's actor was stopped");
        _call = null;
    }
}
