using Akka.Streams;
using Akka.Streams.Stage;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;

namespace TelemetryActors.AkkaNet;

/// <summary>Emits where the head of this process's own stream is, each time it has moved and someone wants to know.</summary>
/// <remarks>A position, never an event: how many events came between two elements does not matter to anybody downstream.</remarks>
internal sealed class HeadSource(Func<Cursor> tail, IEventSignal signal) : GraphStage<SourceShape<long>>
{
    private readonly Outlet<long> _out = new("HeadSource.out");

    public override SourceShape<long> Shape => new(_out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, tail, signal);

    private sealed class Logic : OutGraphStageLogic
    {
        private readonly Outlet<long> _out;
        private readonly Func<Cursor> _tail;
        private readonly IEventSignal _signal;
        private IEventSubscription? _subscription;
        private Cursor? _emitted;

        public Logic(HeadSource source, Func<Cursor> tail, IEventSignal signal)
            : base(source.Shape)
        {
            _out = source._out;
            _tail = tail;
            _signal = signal;
            SetHandler(_out, this);
        }

        // The signal calls on a producer's thread; the callback only puts a message into the stream's mailbox.
        public override void PreStart() => _subscription = _signal.Subscribe(GetAsyncCallback(EmitIfWanted));

        public override void OnPull() => EmitIfWanted();

        public override void PostStop() => _subscription?.Dispose();

        private void EmitIfWanted()
        {
            if (!IsAvailable(_out))
            {
                return;
            }

            var tail = _tail();
            if (tail.Stream != _emitted?.Stream || tail.Position > _emitted?.Position)
            {
                _emitted = tail;
                Push(_out, tail.Position);
            }
            else
            {
                _subscription!.WakeAt(tail.Ordinal + 1);
            }
        }
    }
}
