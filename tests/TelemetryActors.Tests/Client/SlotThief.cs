using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;

namespace TelemetryActors.Client;

/// <summary>Takes a living client's writer slot away from it, as somebody does who deletes its files.</summary>
internal static class SlotThief
{
    /// <summary>Deletes ring and lock, and takes the lock itself before the client looks again.</summary>
    /// <returns>The lock, the thief's until it is disposed.</returns>
    public static DiskFileLock Steal(TelemetryClient client)
    {
        var slot = client.Pipeline.Slot;
        var path = SlotLocks.PathOf(client.Pipeline.Base, slot.Number);
        File.Delete(slot.Ring.Path!);
        DiskFileLock? stolen = null;
        Eventually.True(
            () =>
            {
                File.Delete(path);
                return (stolen = DiskFileLock.TryTake(path)) is not null;
            },
            () => "the lock");
        return stolen!;
    }
}
