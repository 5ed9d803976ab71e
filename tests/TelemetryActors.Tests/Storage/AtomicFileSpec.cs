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
    public void What_is_not_there_has_no_content() => Assert.Null(AtomicFile.TryRead(_files, State));
}
