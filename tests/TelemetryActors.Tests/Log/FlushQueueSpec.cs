using Xunit;

namespace TelemetryActors.Log;

[Trait("Feature", "S2.13")]
public sealed class FlushQueueSpec
{
    private readonly FlushQueue _flushes = new();

    [Fact]
    public async Task Those_whom_one_fsync_satisfies_share_it_and_the_others_wait_on()
    {
        var low = _flushes.WaitFor(10);
        var high = _flushes.WaitFor(20);
        var highest = _flushes.WaitFor(21);

        _flushes.Complete(20);

        Assert.True((await low).IsDurable && (await high).IsDurable);
        Assert.False(highest.IsCompleted);
        Assert.True(_flushes.HasWaiters);
        _flushes.Complete(21);
        Assert.False(_flushes.HasWaiters);
    }

    [Fact]
    public async Task Who_waits_while_the_log_becomes_unavailable_and_who_comes_then_are_told_why()
    {
        var waiting = _flushes.WaitFor(10);

        _flushes.SetUnavailable("no space");
        var late = _flushes.WaitFor(10);

        Assert.Equal(FlushResult.NotDurable("no space"), await waiting);
        Assert.Equal(FlushResult.NotDurable("no space"), await late);
        _flushes.SetUnavailable(null);
        Assert.False(_flushes.WaitFor(10).IsCompleted);
    }

    [Fact]
    public async Task A_failure_ends_those_who_wait_and_nobody_who_comes_later()
    {
        var waiting = _flushes.WaitFor(10);

        _flushes.Fail("in doubt");

        Assert.False((await waiting).IsDurable);
        Assert.False(_flushes.WaitFor(10).IsCompleted);
    }

    [Fact]
    public async Task What_is_handed_on_waits_for_the_other_queues_position_those_who_still_come_too()
    {
        var other = new FlushQueue();
        var before = _flushes.WaitFor(1000);

        _flushes.ForwardTo(other, 30);
        var after = _flushes.WaitFor(5);
        _flushes.Complete(long.MaxValue);
        other.Complete(29);
        Assert.False(before.IsCompleted || after.IsCompleted);
        other.Complete(30);

        Assert.True((await before).IsDurable && (await after).IsDurable);
        other.SetUnavailable("ended");
        Assert.Equal("ended", (await _flushes.WaitFor(5)).Reason);
    }
}
