using System.Globalization;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>Who owns a writer slot now.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Owner">In words.</param>
/// <param name="ProcessId">The owner's process, where the system tells; null otherwise.</param>
/// <param name="IsLiving">Whether a living process has it.</param>
internal sealed record SlotOwner(int Slot, string Owner, int? ProcessId, bool IsLiving)
{
    public static IReadOnlyList<SlotOwner> All(BaseFolder folder, IFileSystem files) =>
        [.. SlotLocks.Existing(folder, files).Select(slot => Of(slot, folder, files))];

    /// <summary>Looks at a slot's lock; one that the system says is held is not touched.</summary>
    public static SlotOwner Of(int slot, BaseFolder folder, IFileSystem files)
    {
        var path = SlotLocks.PathOf(folder, slot);
        if (files.Identify(path) is not { } file)
        {
            return new SlotOwner(slot, "given back", null, IsLiving: false);
        }

        if (LockHolder.Find(file) is { } known)
        {
            return Living(slot, known);
        }

        // The system tells of no holder that a container hides: only trying shows that there is none.
        using var taken = files.TryLock(path);
        return taken is null
            ? Living(slot, LockHolder.FindOnAnyDevice(file))
            : new SlotOwner(slot, "nobody: its writer is dead", null, IsLiving: false);
    }

    private static SlotOwner Living(int slot, int? process) =>
        new(slot, process is null ? "a living process" : string.Create(CultureInfo.InvariantCulture, $"process {process}"), process, IsLiving: true);
}
