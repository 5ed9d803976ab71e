using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Browsing;

[Trait("Feature", "S1.18")]
public sealed class RingOutlookSpec : IDisposable
{
    private const int RingBytes = 64 * 1024;

    private readonly SlotRig _rig = new(RingBytes);

    public void Dispose() => _rig.Dispose();

    private string Memory => _rig.Settings.Placement.Directory!;

    private string? OnDisk => FileStatus.FileSystemOf(_rig.Root.FullName) == FileSystemKind.Journaled ? _rig.Settings.Base.State : null;

    private RingPlacement Told()
    {
        var placement = _rig.Settings.Placement;
        return RingOutlook.Of(placement, RingBytes, new SlotRings(_rig.Files, _rig.Settings.Base, placement, logFile: null).All([]));
    }

    [FactNeedingMounts]
    public void Memory_without_room_is_named_with_the_place_that_the_next_ring_goes_to()
    {
        using var mounted = Mount.Tmpfs(Memory, "size=16k");

        Assert.Equal(OnDisk, Told().Directory);
        Assert.StartsWith($"{Memory} has no room for {RingBytes} bytes", Told().Reason, StringComparison.Ordinal);
    }

    [FactNeedingMounts]
    public void The_room_of_a_ring_that_lives_there_or_was_left_there_counts_and_one_on_the_disk_shows_that_there_was_none()
    {
        using var mounted = Mount.Tmpfs(Memory, "size=80k");
        var slot = WriterSlot.Open(_rig.Settings);
        slot.Append(1);
        Assert.Equal(Memory, Told().Directory);

        using var second = WriterSlot.Open(_rig.Settings);
        var withTwo = Told();
        second.Release();
        slot.Forget();

        Assert.Equal((OnDisk, Memory), (withTwo.Directory, Told().Directory));
        Assert.StartsWith($"{Memory} had no room for the ring of slot 2", withTwo.Reason, StringComparison.Ordinal);
    }
}
