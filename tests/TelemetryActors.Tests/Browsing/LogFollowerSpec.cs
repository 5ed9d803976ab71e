using TelemetryActors.Storage;
using Xunit;

namespace TelemetryActors.Browsing;

public sealed class LogFollowerSpec : IDisposable
{
    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Shows_what_comes_to_known_files_new_files_and_new_slots_once()
    {
        _log.Append("events_20261120.ndjson", LogDirectory.Line(1, "old"));
        var follower = new LogFollower(DiskFileSystem.Instance, _log.Base, _log.Snapshot());

        _log.Append("events_20261120.ndjson", LogDirectory.Line(2, "a"));
        _log.Append("events_20261121.ndjson", LogDirectory.Anchor(200), LogDirectory.Line(4, "c"));
        _log.Append("events_20261120-s2.ndjson", LogDirectory.Anchor(0, stream: 2), LogDirectory.Line(3, "b"));

        Assert.Equal(["a", "b", "c"], follower.Look(EventFilter.All).Select(line => line.Event));
        Assert.Empty(follower.Look(EventFilter.All));
    }

    [Fact]
    public void A_file_that_becomes_something_else_ends_nothing_and_each_path_is_told_once()
    {
        _log.Append("events_20261120.ndjson", LogDirectory.Line(1, "old"));
        _log.Append("events_20261121.ndjson", LogDirectory.Anchor(200), LogDirectory.Line(2, "old"));
        List<string> told = [];
        var (one, two) = (Path.Combine(_log.Base, "raw", "events_20261120.ndjson"), Path.Combine(_log.Base, "raw", "events_20261121.ndjson"));
        var follower = new LogFollower(new SwappingFileSystem(one), _log.Base, _log.Snapshot(), onUnreadable: unreadable => told.Add(unreadable.ToString()));
        _log.Append("events_20261120.ndjson", LogDirectory.Line(3, "hidden"));

        Assert.Empty(follower.Look(EventFilter.All));
        File.Delete(two);
        File.CreateSymbolicLink(two, "/dev/null");
        Assert.Empty(follower.Look(EventFilter.All));
        Assert.Empty(follower.Look(EventFilter.All));

        Assert.Equal([$"{one} cannot be read: {one} is no plain file.", $"{two} cannot be read: {two} is no plain file."], told);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Feature", "S0.32")]
    public void A_file_that_was_deleted_and_made_again_is_read_from_its_beginning_however_long_it_is(bool isNumberReused)
    {
        const string Name = "events_20261120.ndjson";
        var path = Path.Combine(_log.Base, "raw", Name);
        _log.Append(Name, LogDirectory.Anchor(0), LogDirectory.Line(1, "old"));
        var follower = new LogFollower(DiskFileSystem.Instance, _log.Base, _log.Snapshot());
        if (isNumberReused)
        {
            // Many file systems give a new file the number of the one that was deleted last.
            File.WriteAllText(path, "");
        }
        else
        {
            File.Move(path, path + ".kept");
        }

        _log.Append(Name, LogDirectory.Anchor(200), LogDirectory.Line(2, "a"), LogDirectory.Line(3, "b"), LogDirectory.Line(4, "c"));

        Assert.Equal(["a", "b", "c"], follower.Look(EventFilter.All).Select(line => line.Event));
        Assert.Empty(follower.Look(EventFilter.All));
    }

    [Fact]
    public void Waits_for_the_end_of_a_line_that_was_being_written()
    {
        var line = LogDirectory.Line(1, "a");
        _log.Append("events_20261120.ndjson", line[..20]);
        var follower = new LogFollower(DiskFileSystem.Instance, _log.Base, _log.Snapshot());

        Assert.Empty(follower.Look(EventFilter.All));
        _log.Append("events_20261120.ndjson", line[20..]);

        Assert.Equal("a", Assert.Single(follower.Look(EventFilter.All)).Event);
    }
}
