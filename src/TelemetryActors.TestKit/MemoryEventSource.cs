using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;

namespace TelemetryActors.TestKit;

/// <summary>A stream of events in memory, with the signal that wakes its readers.</summary>
public sealed class MemoryEventSource(int slot = 1, ulong stream = 1) : IEventSource, IEventSignal
{
    private readonly List<(byte[] Line, long Position)> _events = [];
    private readonly List<Subscription> _subscriptions = [];
    private long _position;
    private long _floor;

    /// <inheritdoc />
    public int Slot => slot;

    /// <inheritdoc />
    public Cursor Tail
    {
        get
        {
            lock (_events)
            {
                return At(_events.Count);
            }
        }
    }

    /// <summary>Appends events with consecutive numbers, the first being the ordinal.</summary>
    /// <remarks>They become readable at once: no reader sees a part of them.</remarks>
    public void Append(int events) => Append(first => Enumerable.Range(0, events).Select(number => Lines.Event(first + number)));

    /// <summary>Appends one line, given without its line feed.</summary>
    public void Append(byte[] line) => Append(_ => [line]);

    private void Append(Func<long, IEnumerable<byte[]>> linesFrom)
    {
        Subscription[] due;
        lock (_events)
        {
            foreach (var line in linesFrom(_events.Count).ToList())
            {
                _events.Add(([.. line, (byte)'\n'], _position));
                _position += line.Length + 1;
            }

            due = [.. _subscriptions.Where(subscription => subscription.Ordinal <= _events.Count)];
        }

        foreach (var subscription in due)
        {
            subscription.Fire();
        }
    }

    /// <summary>Takes the oldest events away, as an overwritten ring does.</summary>
    public void ForgetUpTo(long ordinal)
    {
        lock (_events)
        {
            _floor = ordinal;
        }
    }

    /// <inheritdoc />
    public EventRead Read(Cursor from, int maxEvents, Span<byte> buffer)
    {
        lock (_events)
        {
            var first = Math.Max(_floor, from.Stream.Value == stream ? from.Ordinal : 0);
            var next = first;
            var bytes = 0;
            while (next < _events.Count && next - first < maxEvents && bytes + _events[(int)next].Line.Length <= buffer.Length)
            {
                _events[(int)next].Line.CopyTo(buffer[bytes..]);
                bytes += _events[(int)next].Line.Length;
                next++;
            }

            return new EventRead(At(first), At(next), bytes, DropReason.Overwritten);
        }
    }

    IEventSubscription IEventSignal.Subscribe(Action wake)
    {
        lock (_events)
        {
            var subscription = new Subscription(this, wake);
            _subscriptions.Add(subscription);
            return subscription;
        }
    }

    /// <summary>The place before an event.</summary>
    public Cursor At(long ordinal)
    {
        lock (_events)
        {
            return new(new StreamId(stream), ordinal < _events.Count ? _events[(int)ordinal].Position : _position, ordinal);
        }
    }

    private sealed class Subscription(MemoryEventSource source, Action wake) : IEventSubscription
    {
        public long Ordinal { get; private set; } = long.MaxValue;

        public void WakeAt(long ordinal)
        {
            bool isThere;
            lock (source._events)
            {
                Ordinal = ordinal;
                isThere = source._events.Count >= ordinal;
            }

            if (isThere)
            {
                Fire();
            }
        }

        public void Fire()
        {
            lock (source._events)
            {
                Ordinal = long.MaxValue;
            }

            wake();
        }

        public void Dispose()
        {
            lock (source._events)
            {
                source._subscriptions.Remove(this);
            }
        }
    }
}
