using System.Globalization;
using System.Security.Cryptography;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>The locks of the writer slots: <c>state/slot-1.lock</c>, <c>state/slot-2.lock</c> and so on.</summary>
internal static class SlotLocks
{
    private const int MostWriters = 256;
    private const int FirstPrivate = 1000;
    private const int LastPrivate = 9999;

    public static string PathOf(BaseFolder folder, int slot) =>
        Path.Combine(folder.State, string.Create(CultureInfo.InvariantCulture, $"slot-{slot}.lock"));

    /// <summary>The numbers of the slots that have a lock file, owned or not.</summary>
    public static IEnumerable<int> Existing(BaseFolder folder, IFileSystem files) =>
        files.List(folder.State)
            .Where(name => name.StartsWith("slot-", StringComparison.Ordinal) && name.EndsWith(".lock", StringComparison.Ordinal))
            .Select(name => int.TryParse(name.AsSpan(5, name.Length - 10), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0)
            .Order();

    /// <summary>Takes the lowest slot from a number on that nobody owns. Where locks cannot be had at all, a private number at random and no lock.</summary>
    public static (int Slot, IFileLock? Lock) TakeFree(SlotSettings settings, int from = 1)
    {
        for (var slot = from; slot <= MostWriters; slot++)
        {
            if (settings.Files.TryLock(PathOf(settings.Base, slot)) is { } taken)
            {
                return (slot, taken);
            }
        }

        return (PrivateNumber(), null);
    }

    /// <summary>Whether a slot has no lock: then nobody can see whether its writer lives.</summary>
    public static bool IsPrivate(int slot) => slot >= FirstPrivate;

    /// <summary>A number that no process takes in turn.</summary>
    public static int PrivateNumber() => RandomNumberGenerator.GetInt32(FirstPrivate, LastPrivate + 1);
}
