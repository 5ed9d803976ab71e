using Akka.Streams;
using Akka.Streams.Stage;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;

namespace TelemetryActors.AkkaNet;

/// <summary>Emits where the head of this process's own stream is, each time it has moved and someone wants to know.</summary>
/// <remarks>
/// A position, never an event: how many events came between two elements does not matter to anybody downstream. Every wish to be woken costs a recording
/// thread a message, so after a few heads in a row there is one in <see cref="Pause"/>, found by looking: a stream of events costs its producers nothing.
/// </remarks>
internal sealed class HeadSource(Func<Cursor> tail, IEventSignal signal) : GraphStage<SourceShape<long>>
{
    /// <summary>Between two heads, once <see cref="Burst"/> have come in a row.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Heads that come at once after a quiet time.</summary>
    public const int Burst = 16;

    private readonly Outlet<long> _out = new("HeadSource.out");

    public override SourceShape<long> Shape => new(_out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, tail, signal);

    private sealed class Logic : TimerGraphStageLogic
    {
        private const string Look = "look";

        private readonly Outlet<long> _out;
        private readonly Func<Cursor> _tail;
        private readonly IEventSignal _signal;
        private IEventSubscription? _subscription;
        private Cursor? _emitted;
        private double _burst = Burst;
        private TimeSpan _refilledAt;

        public Logic(HeadSource source, Func<Cursor> tail, IEventSignal signal)
            : base(source.Shape)
        {
            _out = source._out;
            _tail = tail;
            _signal = signal;
            SetHandler(_out, onPull: EmitIfWanted);
        }

        // The signal calls on a producer's thread; the callback only puts a message into the stream's mailbox.
        public override void PreStart()
        {
            _refilledAt = Now;
            _subscription = _signal.Subscribe(GetAsyncCallback(EmitIfWanted));
        }

        public override void PostStop() => _subscription?.Dispose();

        protected override void OnTimer(object timerKey) => EmitIfWanted();

        private TimeSpan Now => ((ActorMaterializer)Materializer).System.Scheduler.MonotonicClock;

        private void EmitIfWanted()
        {
            if (!IsAvailable(_out) || IsTimerActive(Look))
            {
                return;
            }

            var tail = _tail();
            if (tail.Stream == _emitted?.Stream && tail.Position <= _emitted?.Position)
            {
                _subscription!.WakeAt(tail.Ordinal + 1);
            }
            else if (TrySpend())
            {
                _emitted = tail;
                Push(_out, tail.Position);
            }
            else
            {
                ScheduleOnce(Look, Pause);
            }
        }

        private bool TrySpend()
        {
            var now = Now;
            _burst = Math.Min(Burst, _burst + ((now - _refilledAt) / Pause));
            _refilledAt = now;
            if (_burst < 1)
            {
                return false;
            }

            _burst--;
            return true;
        }
    }
}
