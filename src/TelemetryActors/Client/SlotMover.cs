using TelemetryActors.Events;
using TelemetryActors.Ring;
using TelemetryActors.Slots;

namespace TelemetryActors.Client;

/// <summary>Moves to another writer slot once the process's own is lost, or once the one that its start did not wait for is there; recording goes on there.</summary>
/// <remarks>
/// For the log's thread alone. A start without a disk has a stand-in: what its ring holds comes to its own log before it is left, because the sinks may have read
/// all of it and count it there. Of a slot that is lost nothing can come to its log any more: what the ring still holds goes along. The ring's file is gone from
/// its place by then - otherwise the slot would not be lost - so nobody else can bring its rest to a log.
/// </remarks>
internal sealed class SlotMover(SlotSettings settings, OwnSlot own, SlotArrival arrival, EventWriter writer, Action<SlotMoved> onMoved)
{
    private const int CopyBytes = 128 * 1024;

    // Who records faster than the disk writes is not waited for any longer.
    private const int MostTurns = 8;

    /// <summary>Whether it is time to move; a lock file that someone deleted is made again.</summary>
    public bool IsDue => arrival.IsThere || !own.Now.TryKeepHeld();

    /// <exception cref="IOException">No slot can be opened now, or the disk does not take what the stand-in's ring holds: everything stays as it is, to be tried again.</exception>
    public void Move()
    {
        if (arrival.Take() is not { } awaited)
        {
            LeaveLost();
            return;
        }

        try
        {
            LeaveStandIn(awaited);
        }
        catch when (own.Now != awaited)
        {
            arrival.PutBack(awaited);
            throw;
        }
    }

    private void LeaveStandIn(WriterSlot next)
    {
        var standIn = own.Now;
        var overwritten = standIn.Log.Overwritten;

        // Nearly all of it while recording goes on: who records waits for the last that comes meanwhile alone.
        for (var turn = 0; turn == 0 || (turn < MostTurns && standIn.Ring.Tail.Position - standIn.Log.Written.Position > CopyBytes); turn++)
        {
            standIn.BringRest();
        }

        next.TrySaveState(isClean: false);
        writer.BeginMove();
        try
        {
            standIn.Ring.Close();
            standIn.BringRest();
            standIn.Flushes.ForwardTo(next.Flushes, next.Ring.Tail.Position);
            own.MoveTo(next);
        }
        catch
        {
            own.Reopen();
            throw;
        }
        finally
        {
            writer.EndMove(own.Now.Ring);
        }

        // Its runs go on in the next one, whose state names them now.
        onMoved(new SlotMoved(standIn, next, 0, standIn.Log.Overwritten - overwritten, standIn.Log.TakeUntoldDoubt()));
        standIn.Log.OpenRuns = () => [];
        next.TrySaveState(isClean: false);
        if (standIn.Ring.Tail.Ordinal > 0)
        {
            standIn.Release();
        }
        else
        {
            standIn.Forget();
        }
    }

    private void LeaveLost()
    {
        var lost = own.Now;
        SyncWhatWasWritten(lost);
        var next = WriterSlot.Open(settings, notesBegin: false);
        next.Ring.ForgetWriter();
        next.TrySaveState(isClean: false);
        SlotMoved moved;
        writer.BeginMove();
        try
        {
            lost.Ring.Close();
            moved = CopyRest(lost, next);
            next.Log.InDoubtBefore += moved.InDoubt;
            lost.Flushes.Doubt(moved.InDoubt);
            lost.Flushes.ForwardTo(next.Flushes, next.Ring.Tail.Position);
            own.MoveTo(next);
        }
        finally
        {
            writer.EndMove(own.Now.Ring);
        }

        lost.Forget();
        onMoved(moved);
        next.TrySaveState(isClean: false);
    }

    // What the lost slot's files hold of this process stays there; only that it is on the device can still be seen to. What cannot be brought there goes along.
    private static void SyncWhatWasWritten(WriterSlot lost)
    {
        try
        {
            lost.Log.Sync();
            lost.Flushes.Complete(lost.Log.Synced);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The log says now that it must be written again.
        }
    }

    private static SlotMoved CopyRest(WriterSlot lost, WriterSlot next)
    {
        var buffer = new byte[CopyBytes];
        var written = lost.Log.Written;
        var from = lost.Log.MustRewrite ? lost.Log.SyncedTo : written;
        var settled = lost.Log.SettledTo.Ordinal;
        var untracked = lost.OwnUntracked;
        var (taken, gone, inDoubt) = (0L, 0L, 0L);

        // Room is made where there is none: what a dead writer left and the disk refuses is older than what this process has accepted.
        next.Ring.Overwrites = true;
        while (from.Position < lost.Ring.Tail.Position)
        {
            next.TurnTracking(untracked.Any(stretch => stretch.Has(from)));
            var read = RingReader.TryRead(lost.Ring, from, EventsToTurn(untracked, from.Ordinal), buffer);
            if (read is { Bytes: > 0 } lines && next.Ring.AppendEncoded(buffer.AsSpan(0, lines.Bytes), lines.Count, mayWait: false) == DropReason.None)
            {
                taken += lines.Count;
                from = lines.End;
                continue;
            }

            var oldest = read is null ? RingReader.Oldest(lost.Ring) : lost.Ring.Tail;
            inDoubt += Math.Max(Math.Min(oldest.Ordinal, written.Ordinal) - Math.Max(from.Ordinal, settled), 0);
            gone += Math.Max(oldest.Ordinal - Math.Max(from.Ordinal, written.Ordinal), 0);
            from = oldest.Position > from.Position ? oldest : lost.Ring.Tail;
        }

        next.TurnTracking(isUntracked: false);
        next.Ring.Overwrites = false;
        return new SlotMoved(lost, next, taken, gone, inDoubt);
    }

    // How many events lie before the place where an untracked stretch begins or ends.
    private static int EventsToTurn(IReadOnlyList<UntrackedStretch> untracked, long ordinal) => (int)untracked
        .SelectMany(stretch => new[] { stretch.From - ordinal, (stretch.To ?? long.MaxValue) - ordinal }).Where(events => events > 0).Append(int.MaxValue).Min();
}
