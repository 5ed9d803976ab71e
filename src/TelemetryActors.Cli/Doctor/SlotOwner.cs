using System.Globalization;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Doctor;

/// <summary>Who owns a writer slot now.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Owner">In words.</param>
/// <param name="ProcessId">The owner's process, where the system tells; null otherwise.</param>
internal sealed record SlotOwner(int Slot, string Owner, int? ProcessId)
{
    private const string Locks = "/proc/locks";

    public static IReadOnlyList<SlotOwner> All(BaseFolder folder) =>
        [.. SlotLocks.Existing(folder, DiskFileSystem.Instance).Select(slot => Of(slot, SlotLocks.PathOf(folder, slot)))];

    private static SlotOwner Of(int slot, string path)
    {
        if (DiskFileSystem.Instance.Identify(path) is not { } file)
        {
            return new SlotOwner(slot, "given back", null);
        }

        using (var taken = DiskFileSystem.Instance.TryLock(path))
        {
            if (taken is not null)
            {
                return new SlotOwner(slot, "nobody: its writer is dead", null);
            }
        }

        var holder = HolderOf(file);
        return new SlotOwner(slot, holder is null ? "a living process" : string.Create(CultureInfo.InvariantCulture, $"process {holder}"), holder);
    }

    // "1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF"
    private static int? HolderOf(FileIdentity file)
    {
        try
        {
            var inode = ":" + file.Inode.ToString(CultureInfo.InvariantCulture);
            return File.ReadLines(Locks)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Length > 5 && words[1] == "FLOCK" && words[5].EndsWith(inode, StringComparison.Ordinal))
                .Select(words => int.TryParse(words[4], CultureInfo.InvariantCulture, out var process) ? process : (int?)null)
                .FirstOrDefault();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
