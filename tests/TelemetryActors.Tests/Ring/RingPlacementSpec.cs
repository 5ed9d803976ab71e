using TelemetryActors.Processes;
using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Ring;

[Trait("Feature", "S1.18")]
public sealed class RingPlacementSpec : IDisposable
{
    private const long RingBytes = 1024 * 1024;

    private readonly string _root = Directory.CreateTempSubdirectory("placement-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string State => Directory.CreateDirectory(Path.Combine(_root, "state")).FullName;

    private string Memory => Directory.CreateDirectory(Path.Combine(_root, "memory")).FullName;

    [FactNeedingMounts]
    public void Memory_without_room_for_the_ring_gives_way_to_the_disk()
    {
        using var mounted = Mount.Tmpfs(Memory, "size=512k");

        var found = RingPlacement.Find(State, RingBytes, Memory);

        // What a kill would take from plain memory stays on the disk; where that is none to trust, the memory is tried.
        Assert.Equal(FileStatus.FileSystemOf(State) == FileSystemKind.Journaled ? State : Memory, found.Directory);
    }

    [FactNeedingMounts]
    public void So_it_does_where_the_base_directory_is_not_there_yet()
    {
        using var mounted = Mount.Tmpfs(Memory, "size=512k");
        var state = Path.Combine(_root, "new", "base", "state");

        var found = RingPlacement.Find(state, RingBytes, Memory);

        Assert.Equal(FileStatus.FileSystemOf(_root) == FileSystemKind.Journaled ? state : Memory, found.Directory);
    }

    [FactNeedingMounts]
    public void Memory_with_room_is_taken_and_so_is_any_where_no_ring_is_made()
    {
        using var mounted = Mount.Tmpfs(Memory, "size=4m");

        Assert.Equal((Memory, Memory), (RingPlacement.Find(State, RingBytes, Memory).Directory, RingPlacement.Find(State, 0, Memory).Directory));
    }
}
