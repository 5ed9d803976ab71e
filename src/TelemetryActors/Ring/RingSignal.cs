using TelemetryActors.Engine;

namespace TelemetryActors.Ring;

/// <summary>Wakes readers when the ring that this process has now has as much as they wait for; whatever they wait for, a quarter of the ring is enough.</summary>
internal sealed class RingSignal(Func<EventRing> current) : IEventSignal
{
    public IEventSubscription Subscribe(Action wake) => new Subscription(current, wake);

    private sealed class Subscription : IEventSubscription
    {
        private readonly Func<EventRing> _current;
        private readonly Action _wake;
        private (EventRing Ring, RingWaiter Waiter) _armed;

        public Subscription(Func<EventRing> current, Action wake)
        {
            _current = current;
            _wake = wake;
            _armed = (current(), new RingWaiter(wake));
        }

        public void WakeAt(long ordinal)
        {
            var ring = _current();
            if (ring != _armed.Ring)
            {
                _armed.Ring.Disarm(_armed.Waiter);
                _armed = (ring, new RingWaiter(_wake));
            }

            // A quarter that waits already must not wake again and again: then it is a quarter more.
            var quarter = ring.Capacity / 4;
            var tail = ring.Tail.Position;
            var position = ring.Head + quarter > tail ? ring.Head + quarter : tail + quarter;
            if (!ring.Arm(_armed.Waiter, position, ordinal))
            {
                _wake();
            }
        }

        public void Dispose() => _armed.Ring.Disarm(_armed.Waiter);
    }
}
