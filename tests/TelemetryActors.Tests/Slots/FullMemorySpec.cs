using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Slots;

/// <summary>Memory for rings that has no room for one more.</summary>
[Trait("Feature", "S1.18")]
public sealed class FullMemorySpec : IDisposable
{
    private readonly SlotRig _rig = new(ringBytes: 64 * 1024);

    public void Dispose() => _rig.Dispose();

    private string Memory => _rig.Settings.Placement.Directory!;

    private string OnDisk => FileStatus.FileSystemOf(_rig.Root.FullName) == FileSystemKind.Journaled ? _rig.Settings.Base.State : "";

    private static string PlaceOf(WriterSlot slot) => Path.GetDirectoryName(slot.Ring.Path) ?? "";

    [FactNeedingMounts]
    public void The_ring_is_made_on_the_disk_in_a_directory_like_that_of_any_other_first_start()
    {
        using var mounted = Mount.Tmpfs(Memory, "size=16k");
        _rig.Settings.Files.CreateDirectory(_rig.Settings.Base.Path);

        using var slot = WriterSlot.Open(_rig.Settings with { Placement = RingPlacement.Find(_rig.Settings.Base.State, Memory) });

        Assert.Equal((OnDisk, new DirectoryInfo(_rig.Settings.Base.Path).UnixFileMode), (PlaceOf(slot), new DirectoryInfo(_rig.Settings.Base.State).UnixFileMode));
        Assert.Empty(Directory.GetFiles(Memory));
    }

    [FactNeedingMounts]
    public void Of_two_that_look_before_either_has_made_its_ring_one_goes_to_the_disk()
    {
        using var mounted = Mount.Tmpfs(Memory, "size=80k");

        using var first = WriterSlot.Open(_rig.Settings);
        using var second = WriterSlot.Open(_rig.Settings);

        Assert.Equal((Memory, OnDisk), (PlaceOf(first), PlaceOf(second)));
    }
}
