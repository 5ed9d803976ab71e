using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Storage;

public sealed class AtomicFileSpec : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("atomic-");
    private readonly FaultyFileSystem _files = new(DiskFileSystem.Instance);

    private string State => Path.Combine(_root.FullName, "state.json");

    [Fact]
    public void Deleting_what_is_not_there_does_nothing()
    {
        DiskFileSystem.Instance.Delete(Path.Combine(_root.FullName, "none"));
        DiskFileSystem.Instance.Delete(Path.Combine(_root.FullName, "no", "directory", "either"));

        Assert.Empty(_root.GetFileSystemInfos());
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_file_is_the_old_or_the_new_whatever_fails()
    {
        AtomicFile.Write(_files, State, "old"u8);

        _files.FailWrite(1, keptBytes: 1);
        Assert.Throws<DiskFullException>(() => AtomicFile.Write(_files, State, "new"u8));
        Assert.Equal("old"u8.ToArray(), AtomicFile.TryRead(_files, State));
        _files.FailSync(1);
        Assert.Throws<IOException>(() => AtomicFile.Write(_files, State, "new"u8));
        Assert.Equal("old"u8.ToArray(), AtomicFile.TryRead(_files, State));
        AtomicFile.Write(_files, State, "new"u8);

        Assert.Equal("new"u8.ToArray(), AtomicFile.TryRead(_files, State));
        Assert.Single(_root.GetFiles());
    }

    [Fact]
    public void Of_several_writers_at_once_each_has_written_all_of_it_and_none_leaves_anything()
    {
        var contents = Enumerable.Range(0, 8).Select(number => Enumerable.Repeat((byte)number, 20_000 + number).ToArray()).ToArray();

        Parallel.For(0, 200, turn => AtomicFile.WriteShared(DiskFileSystem.Instance, State, contents[turn % 8]));

        var content = File.ReadAllBytes(State);
        Assert.Contains(contents, whole => whole.AsSpan().SequenceEqual(content));
        Assert.Single(_root.GetFiles());
    }

    [Fact]
    public void A_shared_file_that_cannot_be_written_leaves_nothing_and_what_a_kill_left_is_swept()
    {
        _files.FailWrite(1, keptBytes: 1);
        Assert.Throws<DiskFullException>(() => AtomicFile.WriteShared(_files, State, "new"u8));
        Assert.Empty(_root.GetFiles());
        File.WriteAllText(AtomicFile.TemporaryOf(State), "of a writer that was killed");
        File.WriteAllText(State + ".another.tmp", "");

        AtomicFile.Sweep(_files, _root.FullName, Path.GetFileName(State));

        Assert.Equal(State + ".another.tmp", Assert.Single(_root.GetFiles()).FullName);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_writer_whose_file_others_sweep_away_as_they_begin_writes_it_again(int others)
    {
        AtomicFile.WriteShared(new SweptFileSystem(Path.GetFileName(State), others), State, "new"u8);

        Assert.Equal("new"u8.ToArray(), AtomicFile.TryRead(_files, State));
        Assert.Single(_root.GetFiles());
    }

    [Fact]
    public void What_cannot_be_looked_at_is_not_taken_for_gone()
    {
        var loop = Path.Combine(_root.FullName, "loop");
        File.CreateSymbolicLink(loop, loop);
        File.WriteAllText(State, "");

        Assert.Null(DiskFileSystem.Instance.Identify(Path.Combine(_root.FullName, "none")));
        Assert.Null(DiskFileSystem.Instance.Identify(Path.Combine(State, "below a file")));
        Assert.Throws<IOException>(() => DiskFileSystem.Instance.Identify(loop));
    }

    [Fact]
    public void What_is_not_there_has_no_content() => Assert.Null(AtomicFile.TryRead(_files, State));
}
