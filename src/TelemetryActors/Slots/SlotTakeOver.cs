
namespace TelemetryActors.Slots;

/// <summary>Brings to the log what dead writers left in their rings, and gives their slots back.</summary>
/// <remarks>Done at a start and once a minute. A slot whose lock cannot be taken has a living owner, and is left alone.</remarks>
internal static class SlotTakeOver
{
    // The ring that a slot gets while it is cleaned up carries nothing.
    private const long SmallestRing = 128 * 1024;

    /// <param name="settings">As for opening a slot of one's own.</param>
    /// <param name="ownSlot">The caller's slot; 0 when it has none.</param>
    /// <param name="onTakenOver">Told of each slot while it is held.</param>
    /// <param name="onFailure">Told of a slot that could not be cleaned up now.</param>
    /// <returns>How many slots were taken over.</returns>
    public static int Run(SlotSettings settings, int ownSlot, Action<WriterSlot> onTakenOver, Action<Exception> onFailure)
    {
        var taken = 0;
        foreach (var number in SlotLocks.Existing(settings.Base, settings.Files).Where(number => number != ownSlot).ToList())
        {
            var path = SlotLocks.PathOf(settings.Base, number);
            if (settings.Files.TryLock(path) is not { } slotLock)
            {
                continue;
            }

            try
            {
                using var slot = SlotOpening.TryOpen(settings with { RingBytes = SmallestRing }, number, slotLock);
                if (slot is null)
                {
                    slotLock.Dispose();
                    continue;
                }

                if (slot.Log.Written == slot.Ring.Tail)
                {
                    // What the ring still holds may end the runs that look open: first the disk must take it.
                    onTakenOver(slot);
                }

                taken++;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                slotLock.Dispose();
                onFailure(exception);
            }
        }

        return taken;
    }
}
