using TelemetryActors.Log;
using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>Brings to the log what rings hold that their slots have gone on without, and removes them: done by whoever finds them where its own ring may be, at a start and once a minute.</summary>
/// <remarks>
/// Their lines go through a slot that is taken for it, because positions and ordinals of their own slot are another writer's by now. A ring goes only when its lines are
/// on the device and that is noted; before each try the ids in the log's files say which of them an earlier one has brought, so that a death at any point doubles nothing.
/// </remarks>
/// <param name="settings">As for opening a slot of one's own.</param>
/// <param name="endRun">Ends a run of an agent as abandoned, in the ring that is given; false when that is refused.</param>
/// <param name="onTakenOver">Told of the slot, which may have been a dead writer's, while it is held.</param>
internal sealed class StrandedRings(SlotSettings settings, Func<EventRing, string, string, bool> endRun, Action<WriterSlot> onTakenOver)
{
    /// <summary>Brings all there are.</summary>
    /// <param name="onFailure">Told of one that could not be brought now.</param>
    /// <param name="pauses">Notes the tries, each under the name that its ring has behind it.</param>
    /// <param name="isForced">Whether those are tried too whose pause is not over.</param>
    /// <returns>How many rings were brought.</returns>
    public int BringAll(Action<Exception> onFailure, BringingPauses? pauses = null, bool isForced = false)
    {
        var brought = 0;
        foreach (var found in StrandedRing.Candidates(settings.Placement, settings.Base.Path))
        {
            if (!isForced && pauses?.IsOver(found.Path) == false)
            {
                continue;
            }

            var ring = found;
            try
            {
                brought += TryBring(ref ring) ? 1 : 0;
                pauses?.Note(ring.Path, hasFailed: false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                pauses?.Note(ring.Path, hasFailed: true);
                onFailure(exception);
            }
        }

        return brought;
    }

    // A lock is tried only on what no living process can want: one that begins would find its own ring locked, and go on in plain memory.
    private bool TryBring(ref StrandedRing found)
    {
        if (!found.IsToBring(settings.Files, FolderOf(found.Slot)) || settings.Files.TryLock(found.Path) is not { } ringLock)
        {
            return false;
        }

        using (ringLock)
        {
            if (settings.Files.Identify(found.Path) is not { Length: > RingHeader.Bytes })
            {
                // Another process has just brought it, and the lock has made an empty file of the same name.
                ringLock.DeleteAndRelease();
                return false;
            }

            var aside = found = found.Aside(settings.Files);
            if (RingFactory.TryOpenLeft(aside.Path, aside.Stream) is not { } memory)
            {
                GiveUp(aside);
                return false;
            }

            var ring = new EventRing(memory, TimeSpan.Zero);
            if (!new BroughtRings(settings.Files, settings.Base.Path).Has(aside.Slot, ring.Tail))
            {
                Bring(aside, ring);
            }

            settings.Files.Delete(aside.Path);
            return true;
        }
    }

    // Of an earlier boot of the machine, or damaged: it will never be trusted again. Whatever else is not trusted now may be by another process, and stays;
    // on a file system of several machines it may be another one's.
    private void GiveUp(StrandedRing aside)
    {
        if (StrandedRing.IsOfSeveralMachines(aside.Path)
            || RingFactory.TryFindLost(aside.Path, aside.Stream, settings.Base.Path, RingFactory.BootId) is not var (tail, head))
        {
            return;
        }

        // Beyond the head another writer of the stream may have written what stands there: only what is before it is surely the ring's.
        var before = LogRecovery.Recover(FolderOf(aside.Slot)).Index.Stretches.Where(stretch => stretch.Start.Stream == tail.Stream && stretch.EndPosition <= head);
        var lost = tail.Ordinal - before.Select(stretch => stretch.End.Ordinal).DefaultIfEmpty(0).Max();
        new BroughtRings(settings.Files, settings.Base.Path).Note(new BroughtRing(settings.Time.GetUtcNow(), aside.Slot, tail, Events: 0, Math.Max(lost, 0), To: 0));
        settings.Files.Delete(aside.Path);
    }

    private void Bring(StrandedRing stranded, EventRing ring)
    {
        var folder = FolderOf(stranded.Slot);
        var rest = StrandedRest.Of(ring, LogRecovery.Recover(folder).Index, folder);
        var ids = rest.Ids();
        if (ids.Count == 0)
        {
            return;
        }

        var runs = new StrandedRuns(ring.Writer);
        rest.ForEach((line, _) => runs.Follow(line[..^1]));
        var ends = new RunEndsBehind([.. runs.Open.Select(run => run.Key)]);

        // The rings first: what goes from one to the log meanwhile is found there.
        if (new UnwrittenLines(settings).Holder(ids, ends.Runs) is { } holder)
        {
            throw new IOException($"What {stranded.Path} holds is on its way to the log in {holder}: it waits.");
        }

        var there = new WrittenLines(settings.Files, settings.Base.Path, settings.Log.File).Among(ids, syncs: true, rest.Doubtful, ends);
        var privacy = new StrandedPrivacy(settings, stranded, ring);
        using var slot = WriterSlot.Open(settings with { RingBytes = StrandedBringing.RingBytes, IsUntracked = false });
        if (slot.Log.Written != slot.Ring.Tail)
        {
            throw new IOException($"Writer slot {slot.Number} still holds what a dead writer left: {stranded.Path} waits.");
        }

        onTakenOver(slot);
        BringThrough(slot, rest, there, privacy, [.. runs.Open], ends);
        new BroughtRings(settings.Files, settings.Base.Path).Note(new BroughtRing(settings.Time.GetUtcNow(), stranded.Slot, ring.Tail, rest.Events, rest.Lost, slot.Number));
    }

    private void BringThrough(
        WriterSlot slot, StrandedRest rest, LineIds there, StrandedPrivacy privacy, IReadOnlyList<KeyValuePair<string, string>> runs, RunEndsBehind ends)
    {
        var bringing = new StrandedBringing(slot);
        var isUntracked = settings.IsUntracked;
        var hasTaken = false;
        rest.ForEach((line, before) =>
        {
            var mustStay = privacy.MustStay(before);
            isUntracked |= mustStay;
            if (!there.Has(line.Span[..^1]))
            {
                hasTaken = true;
                bringing.Take(line.Span, mustStay);
            }
        });
        bringing.End();

        // What is brought opens a run again; where all was there, so may be its end.
        var open = runs.Where(run => hasTaken || !ends.Has(run.Key)).ToList();
        if (open.Count == 0)
        {
            return;
        }

        // Behind their events in the same stream: who reads it finds no event behind a run's end.
        slot.TurnTracking(isUntracked);
        foreach (var (run, agent) in open)
        {
            if (!endRun(slot.Ring, run, agent))
            {
                throw new IOException($"The run {run} of {agent} could not be ended.");
            }
        }

        bringing.End();
    }

    private LogFolder FolderOf(int slot) => new(settings.Files, settings.Base.Path, settings.Log.File, slot);
}
