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

        bool[] worked = [guard.Try(() => Refuse("full")), guard.Try(() => Refuse("still full")), guard.Try(() => { }), guard.Try(() => throw new UnauthorizedAccessException("read-only"))];

        Assert.Equal([false, false, true, false], worked);
        Assert.Equal(["full", "read-only"], _told);
    }

    [Fact]
    public void What_is_not_the_disks_fault_is_not_taken_for_one()
    {
        var guard = new DiskGuard(_told.Add);

        Assert.Throws<InvalidOperationException>(() => guard.Try(() => throw new InvalidOperationException("a bug")));
        Assert.Empty(_told);
    }

    private static void Refuse(string why) => throw new IOException(why);
}
