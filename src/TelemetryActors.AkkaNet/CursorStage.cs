using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using static TelemetryActors.AkkaNet.SinkProtocol;

namespace TelemetryActors.AkkaNet;

/// <summary>Turns head positions into one sink's batches: asks its supervisor what to read next, reads that from ring or log, and goes on when the batch is settled.</summary>
/// <remarks>
/// Nothing is asked before the batch before is settled, so there is one buffer. Heads are taken only while there is nothing to read; until then
/// they conflate upstream, and catching up needs none. Stage and supervisor tell each other, and nothing of it is a task: a task goes on when the host's thread pool
/// has a thread, and a host whose own actors never rest has none. Files are read on a background thread of the stage's own, so that no dispatcher and no end of an actor system waits for a disk;
/// what comes back when the stage has ended is nobody's, and so is the buffer that it was read into.
/// </remarks>
/// <param name="definition">The sink.</param>
/// <param name="sources">What it is fed from.</param>
/// <param name="supervisor">Who says what to read.</param>
/// <param name="life">Until when the stage's thread is busy: who takes the ring away waits for that.</param>
internal sealed class CursorStage(SinkDefinition definition, SinkSources sources, IActorRef supervisor, ThreadLife life)
    : GraphStage<SinkShape<long>>
{
    private readonly Inlet<long> _in = new("CursorStage.in");

    public override SinkShape<long> Shape => new(_in);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, definition, sources, supervisor, life);

    private sealed class Logic : InGraphStageLogic
    {
        private readonly CursorStage _stage;
        private readonly SinkSources _sources;
        private readonly IActorRef _supervisor;
        private readonly byte[] _buffer;
        private readonly WorkThread _thread;
        private readonly Action<WhatNext> _onLooked;
        private readonly Action<BatchRead> _onRead;
        private readonly Action<string> _onReadFailed;
        private readonly Action<Exception> _onThrown;
        private bool _isIdle;
        private bool _isAsking;
        private bool _isDelivering;
        private long _asked;
        private bool _looksAgain;

        public Logic(CursorStage stage, SinkDefinition definition, SinkSources sources, IActorRef supervisor, ThreadLife life)
            : base(stage.Shape)
        {
            _stage = stage;
            _sources = sources;
            _supervisor = supervisor;
            _buffer = GC.AllocateUninitializedArray<byte>(BatchReader.BufferBytes(definition.Policy));
            _onLooked = GetAsyncCallback<WhatNext>(Tell);
            _onRead = GetAsyncCallback<BatchRead>(Deliver);
            _onReadFailed = GetAsyncCallback<string>(Fail);
            _onThrown = GetAsyncCallback<Exception>(FailStage);
            _thread = new WorkThread($"{definition.Name} reads", life, thrown => _onThrown(thrown));
            SetHandler(stage._in, this);
        }

        public override void PreStart()
        {
            GetStageActor(Receive);
            Ask();
        }

        public override void PostStop() => _thread.End(() => { }, () => { });

        public override void OnPush()
        {
            Grab(_stage._in);
            OnLookAgain();
        }

        private void Receive((IActorRef Sender, object Message) received)
        {
            switch (received.Message)
            {
                case ReadThis read when IsAnswer(read.Number):
                    Read(read.Plan);
                    break;
                case NothingNow nothing when IsAnswer(nothing.Number):
                    Rest();
                    break;
                case BatchSettled when _isDelivering:
                    Ask();
                    break;
                case SinkProtocol.AskAgain when _isAsking || _isDelivering:
                    Ask();
                    break;
                case SinkProtocol.AskAgain:
                    OnLookAgain();
                    break;
                case SinkProtocol.LookAgain:
                    OnLookAgain();
                    break;
            }
        }

        private void Ask()
        {
            _isIdle = false;
            _looksAgain = false;
            _isAsking = true;
            _isDelivering = false;
            var (slots, number) = (_sources.Slots, ++_asked);
            if (slots.Count == 1)
            {
                // This process's own is in memory.
                Tell(Looked(slots, number));
            }
            else
            {
                _thread.Do(() => _onLooked(Looked(slots, number)));
            }
        }

        private static WhatNext Looked(IReadOnlyList<IEventSource> slots, long number) => new([.. slots.Select(SlotTail.Of)], number);

        // An older one would be answered for nothing.
        private void Tell(WhatNext looked)
        {
            if (looked.Number == _asked)
            {
                _supervisor.Tell(looked, StageActor.Ref);
            }
        }

        private bool IsAnswer(long number)
        {
            if (number != _asked || !_isAsking)
            {
                return false;
            }

            _isAsking = false;
            return true;
        }

        private void Rest()
        {
            if (_looksAgain)
            {
                Ask();
                return;
            }

            _isIdle = true;
            if (!HasBeenPulled(_stage._in))
            {
                Pull(_stage._in);
            }
        }

        private void OnLookAgain()
        {
            _looksAgain = true;
            if (_isIdle)
            {
                Ask();
            }
        }

        private void Read(BatchPlan plan) => _thread.Do(() =>
        {
            try
            {
                var buffer = BatchReader.Fit(_buffer, plan);
                var read = _sources.Read(plan, buffer);
                _onRead(new BatchRead(plan, read, buffer.AsMemory(0, read.Bytes)));
            }
            catch (Exception exception)
            {
                _onReadFailed($"{exception.GetType().Name}: {exception.Message}");
            }
        });

        private void Deliver(BatchRead read)
        {
            _isDelivering = true;
            _supervisor.Tell(read, StageActor.Ref);
        }

        private void Fail(string cause)
        {
            _supervisor.Tell(new ReadFailed(cause), StageActor.Ref);
            Ask();
        }
    }
}
