using TelemetryActors.Engine;
using Xunit;

namespace TelemetryActors.Tests.Engine;

[Trait("Feature", "S1.18")]
public sealed class DiskGuardSpec
{
    private readonly List<string> _told = [];

    [Fact]
    public void What_the_disk_refuses_is_told_once_until_it_works_again()
    {
        var guard = new DiskGuard(_told.Add);

        bool[] worked = [guard.Try(DiskWork.Keep, () => Refuse("full")), guard.Try(DiskWork.Keep, () => Refuse("still full")), guard.Try(DiskWork.Keep, () => { }), guard.Try(DiskWork.Keep, () => throw new UnauthorizedAccessException("read-only"))];

        Assert.Equal([false, false, true, false], worked);
        Assert.Equal(["full", "read-only"], _told);
    }

    [Fact]
    public void Work_that_succeeds_makes_no_other_works_fault_a_new_one()
    {
        var guard = new DiskGuard(_told.Add);

        for (var second = 0; second < 3; second++)
        {
            guard.Try(DiskWork.Keep, () => Refuse("full"));
            guard.Try(DiskWork.Commands, () => { });
        }

        Assert.Equal(["full"], _told);
    }

    [Fact]
    public void What_is_not_the_disks_fault_is_not_taken_for_one()
    {
        var guard = new DiskGuard(_told.Add);

        Assert.Throws<InvalidOperationException>(() => guard.Try(DiskWork.Keep, () => throw new InvalidOperationException("a bug")));
        Assert.Empty(_told);
    }

    private static void Refuse(string why) => throw new IOException(why);
}
