using TelemetryActors.Ring;

namespace TelemetryActors.Slots;

/// <summary>Makes what a dead writer left look as if the machine had been started anew since.</summary>
internal static class Reboot
{
    private const int BootIdOffset = 32;

    /// <summary>The ring and the slot's state are of another boot from here on.</summary>
    public static void Pretend(string ring, string state)
    {
        var other = Guid.NewGuid();
        File.WriteAllText(state, File.ReadAllText(state).Replace(RingFactory.BootId.ToString(), other.ToString(), StringComparison.Ordinal));
        if (File.Exists(ring))
        {
            using var file = File.OpenHandle(ring, access: FileAccess.Write);
            RandomAccess.Write(file, other.ToByteArray(), BootIdOffset);
        }
    }
}
