using TelemetryActors.Pipeline;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>What a process has to note of its slot: which events may never be uploaded, those that it found, records, and takes along from a slot that it lost.</summary>
/// <remarks>
/// The ring says it from the beginning, so that a process that dies before the disk took the note leaves nothing that looks tracked. One thread at a time
/// turns and writes; any may read.
/// </remarks>
internal sealed class TrackingNote
{
    private readonly UntrackedStretches _stretches;
    private readonly EventRing _ring;
    private readonly bool _isUntracked;
    private volatile (Cursor From, bool IsUntracked)[] _turns;
    private volatile int _written;

    /// <param name="stretches">Where the slot's stretches are noted: the instance that its opening used, which knows what may not be on the device.</param>
    /// <param name="isUntracked">Whether this process's events are untracked.</param>
    /// <param name="ring">The slot's ring, before its first event.</param>
    public TrackingNote(UntrackedStretches stretches, bool isUntracked, EventRing ring)
    {
        _stretches = stretches;
        _ring = ring;
        _isUntracked = isUntracked;
        var begin = ring.Tail;
        _turns = ring.Untracked is { } left
            ? [(begin with { Ordinal = left.From }, true), (begin with { Ordinal = left.To ?? begin.Ordinal }, isUntracked && left.To is null), (begin, isUntracked)]
            : [(begin, isUntracked)];
        TellRing(begin.Ordinal, isUntracked);
    }

    /// <summary>Every stretch of this process's own knowledge, written or not.</summary>
    public IReadOnlyList<UntrackedStretch> All => With([], _turns);

    /// <summary>What comes to the ring from here on was recorded untracked elsewhere, or no longer was.</summary>
    public void Turn(bool isUntracked)
    {
        isUntracked |= _isUntracked;
        if (_turns[^1].IsUntracked == isUntracked)
        {
            return;
        }

        var tail = _ring.Tail;
        TellRing(tail.Ordinal, isUntracked);
        _turns = [.. _turns, (tail, isUntracked)];
    }

    /// <summary>Writes what does not stand there yet.</summary>
    /// <param name="synced">The position below which everything is on the device: what stands above may go to another slot's log, which must hear of it from the ring.</param>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Write(long synced)
    {
        while (_written < _turns.Length)
        {
            var (from, isUntracked) = _turns[_written];
            _stretches.Note(from, isUntracked);
            _written++;
        }

        if (_turns[^1] is { IsUntracked: false, From.Position: var end } && synced >= end && _ring.Untracked is not null)
        {
            _ring.Untracked = null;
        }
    }

    // One stretch from the first untracked event on: what lies between two is held back with them, should the process die before all of it is in the log.
    private void TellRing(long ordinal, bool isUntracked)
    {
        if (isUntracked)
        {
            _ring.Untracked = new UntrackedStretch(_ring.Stream, _ring.Untracked?.From ?? ordinal, null);
        }
        else if (_ring.Untracked is { To: null } open)
        {
            _ring.Untracked = open with { To = ordinal };
        }
    }

    /// <summary>What the file will say, from what it says now. Any thread may ask.</summary>
    /// <param name="read">Reads what the file says now.</param>
    public IReadOnlyList<UntrackedStretch> AddTo(Func<IReadOnlyList<UntrackedStretch>> read)
    {
        // Asked before the file is read: a note that is written while that goes on would stand in neither. Said twice, it says the same.
        var written = _written;
        var noted = read();
        var turns = _turns;
        return written == turns.Length ? noted : With(noted, turns[written..]);
    }

    private static List<UntrackedStretch> With(IReadOnlyList<UntrackedStretch> noted, (Cursor From, bool IsUntracked)[] turns)
    {
        List<UntrackedStretch> all = [.. noted];
        foreach (var (from, isUntracked) in turns)
        {
            if (isUntracked)
            {
                UntrackedStretches.Begin(all, from);
            }
            else
            {
                UntrackedStretches.End(all, from);
            }
        }

        return all;
    }
}
