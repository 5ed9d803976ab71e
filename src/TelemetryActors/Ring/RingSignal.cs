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
            if (!ring.Arm(_waiter, ring.Head + (ring.Capacity / 4), ordinal))
            {
                wake();
            }
        }

        public void Dispose() => ring.Disarm(_waiter);
    }
}
