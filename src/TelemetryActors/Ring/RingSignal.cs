using TelemetryActors.Engine;

namespace TelemetryActors.Ring;

/// <summary>Wakes readers when the ring has as much as they wait for; whatever they wait for, a quarter of the ring is enough.</summary>
internal sealed class RingSignal(EventRing ring) : IEventSignal
{
    public IEventSubscription Subscribe(Action wake) => new Subscription(ring, wake);

    private sealed class Subscription(EventRing ring, Action wake) : IEventSubscription
    {
        private readonly RingWaiter _waiter = new(wake);

        public void WakeAt(long ordinal)
        {
            // A quarter that waits already must not wake again and again: then it is a quarter more.
            var quarter = ring.Capacity / 4;
            var tail = ring.Tail.Position;
            var position = ring.Head + quarter > tail ? ring.Head + quarter : tail + quarter;
            if (!ring.Arm(_waiter, position, ordinal))
            {
                wake();
            }
        }

        public void Dispose() => ring.Disarm(_waiter);
    }
}
