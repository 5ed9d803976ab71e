using TelemetryActors.Pipeline;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>What a start has to note of its slot: whether its events may ever be uploaded, and from where on.</summary>
/// <remarks>The ring says it from the beginning, so that a process that dies before the disk took the note leaves nothing that looks tracked. One thread at a time writes.</remarks>
internal sealed class TrackingNote
{
    private readonly UntrackedStretches _stretches;
    private readonly EventRing _ring;
    private readonly bool _isUntracked;
    private readonly Cursor _from;
    private readonly Cursor? _left;
    private volatile bool _isWritten;

    /// <param name="stretches">Where the slot's stretches are noted: the instance that its opening used, which knows what may not be on the device.</param>
    /// <param name="isUntracked">Whether this process's events are untracked.</param>
    /// <param name="ring">The slot's ring, before its first event.</param>
    public TrackingNote(UntrackedStretches stretches, bool isUntracked, EventRing ring)
    {
        _stretches = stretches;
        _ring = ring;
        _isUntracked = isUntracked;
        _from = ring.Tail;
        if (ring.UntrackedFrom is { } left)
        {
            _left = _from with { Ordinal = left };
        }
        else if (_isUntracked)
        {
            ring.UntrackedFrom = _from.Ordinal;
        }
    }

    /// <summary>Writes what does not stand there yet.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Write()
    {
        if (_isWritten)
        {
            return;
        }

        if (_left is { } left)
        {
            _stretches.Note(left, isUntracked: true);
        }

        _stretches.Note(_from, _isUntracked);
        _isWritten = true;
        if (!_isUntracked)
        {
            _ring.UntrackedFrom = null;
        }
    }

    /// <summary>What the file will say, from what it says now. Any thread may ask.</summary>
    /// <param name="read">Reads what the file says now.</param>
    public IReadOnlyList<UntrackedStretch> AddTo(Func<IReadOnlyList<UntrackedStretch>> read)
    {
        // Asked before the file is read: a note that is written while that goes on would stand in neither. Said twice, it says the same.
        var wasWritten = _isWritten;
        var noted = read();
        if (wasWritten)
        {
            return noted;
        }

        List<UntrackedStretch> all = [.. noted];
        if (_left is { } left)
        {
            UntrackedStretches.Begin(all, left);
        }

        if (_isUntracked)
        {
            UntrackedStretches.Begin(all, _from);
        }
        else
        {
            UntrackedStretches.End(all, _from);
        }

        return all;
    }
}
