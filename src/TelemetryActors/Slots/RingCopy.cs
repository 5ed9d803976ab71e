using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>What a living writer's ring held at one moment. Taken once, because the ring may be written over faster than it is read.</summary>
internal sealed class RingCopy
{
    // Whoever reads while others have the processors can be overtaken, by a writer at full speed by all of a ring.
    private const int MostTries = 8;

    private const byte LineFeed = (byte)'\n';

    private readonly EventRing _ring;
    private readonly byte[] _bytes;
    private readonly long _start;
    private readonly long _floor;
    private readonly Cursor _tail;

    // Read behind the floor, and it only grows: a floor above it was above what the log had.
    private readonly long _head;
    private readonly long _inDoubt;

    public RingCopy(EventRing ring)
    {
        _ring = ring;
        _bytes = new byte[ring.Capacity];
        var tries = 0;
        do
        {
            (_start, _floor, _tail) = ring.CopyNewest(_bytes);
        }
        while (_floor - _start > (_tail.Position - _start) / 2 && ++tries < MostTries);

        _head = ring.Head;
        _inDoubt = ring.InDoubt;
    }

    private ReadOnlySpan<byte> Held => _bytes.AsSpan((int)(_floor - _start), (int)(_tail.Position - _floor));

    /// <summary>The events that a log does not have.</summary>
    /// <param name="logEnd">Where its files end, read after the ring: what is in neither then, is gone.</param>
    /// <param name="folder">Where they are.</param>
    /// <param name="furthest">The stretch that ends there.</param>
    public RingRest Behind(Cursor logEnd, LogFolder folder, LogStretch? furthest)
    {
        if (logEnd.Position >= _tail.Position)
        {
            return new RingRest(logEnd, logEnd, 0, IsOverrun: false, _inDoubt);
        }

        var isEdited = new LogEnd(logEnd.Position, folder, furthest).IsEdited(_floor, _head, () => IsBoundary(logEnd.Position), Read);
        var position = logEnd.Position >= _floor && !isEdited ? logEnd.Position : _head >= _floor ? _head : Oldest();
        var from = new Cursor(_tail.Stream, position, _tail.Ordinal - Held[(int)(position - _floor)..].Count(LineFeed));
        return new RingRest(from, _tail, Math.Max(from.Ordinal - logEnd.Ordinal, 0), _floor > _head, _inDoubt);
    }

    private int Read(long position, Span<byte> target)
    {
        if (position < _floor)
        {
            return -1;
        }

        var held = Held[(int)(position - _floor)..];
        held = held[..Math.Min(held.Length, target.Length)];
        held.CopyTo(target);
        return held.Length;
    }

    private bool IsBoundary(long position) =>
        _ring.BeginsAt(position) || (position > _start && _bytes[(int)(position - _start) - 1] == LineFeed);

    private long Oldest() => _ring.BeginsAt(_floor) ? _floor : Held.IndexOf(LineFeed) is >= 0 and var feed ? _floor + feed + 1 : _tail.Position;
}
