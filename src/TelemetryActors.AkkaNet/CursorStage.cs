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
/// Demand from downstream means that the batch before is settled, so there is one buffer. Heads are taken only while there is nothing to read; until then
/// they conflate upstream, and catching up needs none.
/// </remarks>
internal sealed class CursorStage(SinkDefinition definition, SinkSources sources, IActorRef supervisor)
    : GraphStage<FlowShape<long, BatchRead>>
{
    private readonly Inlet<long> _in = new("CursorStage.in");
    private readonly Outlet<BatchRead> _out = new("CursorStage.out");

    public override FlowShape<long, BatchRead> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, definition, sources, supervisor);

    private sealed class Logic : InAndOutGraphStageLogic
    {
        private readonly CursorStage _stage;
        private readonly SinkSources _sources;
        private readonly IActorRef _supervisor;
        private readonly byte[] _buffer;
        private bool _isIdle;
        private bool _isAsking;
        private long _asked;
        private bool _looksAgain;

        public Logic(CursorStage stage, SinkDefinition definition, SinkSources sources, IActorRef supervisor)
            : base(stage.Shape)
        {
            _stage = stage;
            _sources = sources;
            _supervisor = supervisor;
            _buffer = GC.AllocateUninitializedArray<byte>(BatchReader.BufferBytes(definition.Policy));
            SetHandler(stage._in, this);
            SetHandler(stage._out, this);
        }

        public override void PreStart() => GetStageActor(Receive);

        public override void OnPull() => Ask();

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
                case SinkProtocol.AskAgain when _isAsking:
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
            _supervisor.Tell(new WhatNext([.. _sources.Slots.Select(SlotTail.Of)], ++_asked), StageActor.Ref);
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

        private void Read(BatchPlan plan)
        {
            try
            {
                var buffer = BatchReader.Fit(_buffer, plan);
                var read = _sources.Read(plan, buffer);
                Push(_stage._out, new BatchRead(plan, read, buffer.AsMemory(0, read.Bytes)));
            }
            catch (Exception exception)
            {
                _supervisor.Tell(new ReadFailed($"{exception.GetType().Name}: {exception.Message}"), StageActor.Ref);
                Ask();
            }
        }
    }
}
