using TelemetryActors.Events;

namespace TelemetryActors.Slots;

/// <summary>Brings lines to the log through a slot that nobody else records to: each as it is, in order, with a note where it may not be uploaded.</summary>
/// <remarks>For one thread. A process that dies on the way leaves a slot like any dead writer's: its ring's rest comes to the log with it.</remarks>
internal sealed class StrandedBringing
{
    // A ring takes no more at once than an eighth of itself.
    private const int BatchBytes = (int)(RingBytes / 8);

    /// <summary>How large the slot's ring is at least.</summary>
    public const long RingBytes = 1024 * 1024;

    private readonly WriterSlot _slot;
    private readonly byte[] _batch = new byte[BatchBytes];
    private readonly byte[] _copy = new byte[BatchBytes];
    private int _bytes;
    private int _lines;
    private bool _isUntracked;

    /// <param name="slot">The slot. The lines stay where they are until its log has them.</param>
    public StrandedBringing(WriterSlot slot)
    {
        _slot = slot;
        slot.HoldsCopies = true;
    }

    /// <summary>Takes one line.</summary>
    /// <exception cref="IOException">The disk refuses; what was taken so far is in the slot.</exception>
    public void Take(ReadOnlySpan<byte> line, bool isUntracked)
    {
        if (isUntracked != _isUntracked || _bytes + line.Length > _batch.Length)
        {
            Flush();
        }

        _isUntracked = isUntracked;
        line.CopyTo(_batch.AsSpan(_bytes));
        _bytes += line.Length;
        _lines++;
    }

    /// <summary>Everything that was taken, and what was recorded in the slot beside it, is in the log and on the device.</summary>
    /// <exception cref="IOException">It is not.</exception>
    public void End()
    {
        Flush();
        _slot.TurnTracking(isUntracked: false);
        _slot.WriteRest(_copy);
        _slot.Log.Sync();
    }

    private void Flush()
    {
        if (_lines == 0)
        {
            return;
        }

        _slot.TurnTracking(_isUntracked);
        if (_slot.Ring.AppendEncoded(_batch.AsSpan(0, _bytes), _lines, mayWait: false) is var reason && reason != DropReason.None)
        {
            throw new IOException($"Writer slot {_slot.Number} takes nothing now: {reason}.");
        }

        (_bytes, _lines) = (0, 0);
        _slot.WriteRest(_copy);
    }
}
