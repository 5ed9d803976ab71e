using Akka.Actor;
using TelemetryActors.Delivery;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>What a sink's supervisor says to the stream: which stage asks, whether it is reading, and who waits until a batch is settled.</summary>
/// <remarks>Outlives the supervisor that is started anew: the stage waits for its successor. One of them uses it at a time.</remarks>
internal sealed class StreamSide
{
    private IActorRef _stage = ActorRefs.Nobody;
    private IActorRef? _asker;
    private long _asked;
    private bool _isReading;
    private bool _restsForBatch;

    /// <summary>Whether a batch is being read.</summary>
    public bool IsReading => _isReading;

    /// <summary>Whether the stream waits for a batch to be settled.</summary>
    public bool IsWaiting => _asker is not null;

    /// <summary>A stage asks what to read.</summary>
    /// <returns>False when a batch was being read that will not come: the stream was run anew.</returns>
    public bool AskedBy(IActorRef stage, long number)
    {
        _stage = stage;
        _asked = number;
        var wasReading = _isReading;
        _isReading = false;
        return !wasReading;
    }

    public void Read(BatchPlan plan)
    {
        _isReading = true;
        _stage.Tell(new ReadThis(plan, _asked));
    }

    public void Rest()
    {
        _restsForBatch = IsWaiting;
        _stage.Tell(new NothingNow(_asked));
    }

    public void LookAgain() => _stage.Tell(new LookAgain());

    /// <summary>What was to be read has come, or will not.</summary>
    public void ReadEnded() => _isReading = false;

    /// <summary>Someone waits until the batch is settled.</summary>
    public void Wait(IActorRef asker) => _asker = asker;

    /// <summary>The batch is settled.</summary>
    public void Settled()
    {
        _asker?.Tell(new BatchSettled());
        _asker = null;
        if (_restsForBatch)
        {
            // A stream that was run anew meanwhile: who waits for the batch is no part of it, and would not make it ask.
            _restsForBatch = false;
            LookAgain();
        }
    }

    /// <summary>Whoever was to settle the batch is no more and nobody uses its lines; what the stage has asked was forgotten.</summary>
    public void Failed()
    {
        _asker = null;
        _isReading = false;
        _stage.Tell(new AskAgain());
    }
}
