using TelemetryActors.Engine;
using TelemetryActors.Events;
using TelemetryActors.Pipeline;

namespace TelemetryActors.Tests.Engine;

/// <summary>A stream of events of equal size that are made when they are read, so that any number of them costs no memory.</summary>
internal sealed class NumberedSource : IEventSource, IEventSignal
{
    public const int EventBytes = 128;
    private const int NumberAt = 64;

    private static readonly StreamId Stream = new(1);
    private static readonly byte[] Template = Line();
    private readonly List<Subscription> _subscriptions = [];
    private long _count;

    public int Slot => 1;

    public Cursor Tail => At(Volatile.Read(ref _count));

    public void Append(int events)
    {
        var count = Interlocked.Add(ref _count, events);
        lock (_subscriptions)
        {
            _subscriptions.ForEach(subscription => subscription.Look(count));
        }
    }

    /// <summary>The number that an event's line carries.</summary>
    public static long NumberOf(ReadOnlySpan<byte> line) => long.Parse(line.Slice(NumberAt, 12), System.Globalization.CultureInfo.InvariantCulture);

    public EventRead Read(Cursor from, int maxEvents, Span<byte> buffer)
    {
        var start = from.Stream == Stream ? from.Ordinal : 0;
        var events = Math.Min(Math.Min(maxEvents, buffer.Length / EventBytes), Volatile.Read(ref _count) - start);
        for (var index = 0; index < events; index++)
        {
            var line = buffer.Slice(index * EventBytes, EventBytes);
            Template.CopyTo(line);
            (start + index).TryFormat(line.Slice(NumberAt, 12), out _, "D12", System.Globalization.CultureInfo.InvariantCulture);
        }

        return new EventRead(At(start), At(start + events), (int)events * EventBytes, DropReason.None);
    }

    public IEventSubscription Subscribe(Action wake)
    {
        lock (_subscriptions)
        {
            var subscription = new Subscription(this, wake);
            _subscriptions.Add(subscription);
            return subscription;
        }
    }

    private static Cursor At(long ordinal) => new(Stream, ordinal * EventBytes, ordinal);

    private static byte[] Line()
    {
        var line = new byte[EventBytes];
        line.AsSpan().Fill((byte)' ');
        "{\"ts\":\"2026-03-01T12:00:00Z\",\"event\":\"step\",\"details\":{\"n\":"u8.CopyTo(line);
        "}}\n"u8.CopyTo(line.AsSpan(EventBytes - 3));
        return line;
    }

    private sealed class Subscription(NumberedSource source, Action wake) : IEventSubscription
    {
        private long _at = long.MaxValue;

        public void WakeAt(long ordinal)
        {
            Volatile.Write(ref _at, ordinal);
            Look(source.Tail.Ordinal);
        }

        public void Look(long count)
        {
            if (count >= Volatile.Read(ref _at))
            {
                Volatile.Write(ref _at, long.MaxValue);
                wake();
            }
        }

        public void Dispose()
        {
            lock (source._subscriptions)
            {
                source._subscriptions.Remove(this);
            }
        }
    }
}
