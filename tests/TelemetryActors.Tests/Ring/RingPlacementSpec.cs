using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Ring;

[Trait("Feature", "S1.18")]
public sealed class RingPlacementSpec : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("placement-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Base => Path.Combine(_root, "new", "base");

    private string State => Path.Combine(Base, "state");

    private string Memory => Directory.CreateDirectory(Path.Combine(_root, "memory")).FullName;

    private bool IsOnDisk => FileStatus.FileSystemOf(_root) == FileSystemKind.Journaled;

    [Fact]
    public void A_ring_that_finds_no_room_may_be_in_the_base_directory_which_looking_does_not_make()
    {
        var found = RingPlacement.Find(State, Memory);

        Assert.Equal((Memory, false), (found.Directory, Directory.Exists(Path.GetDirectoryName(Base))));
        Assert.Equal([Memory, State], found.Directories);
        Assert.Equal(IsOnDisk ? [Memory, State] : [Memory], found.Choices);
        Assert.False(Directory.Exists(Path.GetDirectoryName(Base)));
    }

    [Fact]
    public void Without_any_memory_it_is_there_also_where_the_base_directory_is_still_to_be_made()
    {
        var found = RingPlacement.Find(State, given: null, sharedMemory: Path.Combine(_root, "none"));

        Assert.Equal((IsOnDisk ? State : null, false), (found.Directory, Directory.Exists(Path.GetDirectoryName(Base))));
        Assert.Equal([State], found.Directories);
        Assert.Equal(IsOnDisk ? [State] : [], found.Choices);
    }

    [Fact]
    public void Where_no_ring_is_made_those_of_others_are_looked_for_in_the_base_directory_all_the_same()
    {
        var file = Path.Combine(_root, "file");
        File.WriteAllText(file, "");

        var found = RingPlacement.Find(State, file);

        Assert.Null(found.Directory);
        Assert.Empty(found.Choices);
        Assert.Equal([State], found.Directories);
    }
}
