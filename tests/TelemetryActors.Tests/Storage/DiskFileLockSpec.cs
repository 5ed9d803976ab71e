using TelemetryActors.Processes;
using Xunit;

namespace TelemetryActors.Storage;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S4.9")]
public sealed class DiskFileLockSpec : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("lock-");

    private string Lock => Path.Combine(_root.FullName, "slot-1.lock");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_lock_has_one_owner_until_it_lets_go()
    {
        var first = DiskFileLock.TryTake(Lock);
        Assert.NotNull(first);
        Assert.Null(DiskFileLock.TryTake(Lock));

        first.Dispose();

        using var second = DiskFileLock.TryTake(Lock);
        Assert.NotNull(second);
    }

    [Fact]
    public void The_owner_of_a_deleted_lock_knows_that_it_has_none_and_never_two_believe()
    {
        using var first = DiskFileLock.TryTake(Lock)!;
        File.Delete(Lock);
        Assert.False(first.IsHeld);

        using var second = DiskFileLock.TryTake(Lock)!;

        Assert.True(second.IsHeld);
        Assert.False(first.IsHeld);
        first.DeleteAndRelease();
        Assert.True(second.IsHeld);
    }

    [Fact]
    public void A_lock_that_cannot_be_had_is_not_locked() =>
        Assert.Null(DiskFileLock.TryTake(Path.Combine(_root.FullName, "no", "such", "directory.lock")));

    [Fact]
    public void Giving_a_lock_back_leaves_no_file()
    {
        DiskFileLock.TryTake(Lock)!.DeleteAndRelease();

        Assert.False(File.Exists(Lock));
    }
}
