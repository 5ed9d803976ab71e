using Akka.Event;
using Akka.Persistence;
using TelemetryActors.AkkaNet.Runs;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

public sealed class RunSnapshotsSpec
{
    private readonly RunSnapshots _snapshots = new("run", every: 2, new JournalTrouble(TimeProvider.System), NoLogger.Instance);

    [Fact]
    [Trait("Feature", "SK.3")]
    public void One_is_due_after_so_much_that_is_new_and_then_again()
    {
        _snapshots.Count();
        var (hasNews, isDue) = (_snapshots.HasNews, _snapshots.IsDue);
        _snapshots.Count();
        var isDueNow = _snapshots.IsDue;
        _snapshots.Begin();

        Assert.Equal((true, false, true), (hasNews, isDue, isDueNow));
        Assert.Equal((false, false), (_snapshots.HasNews, _snapshots.IsDue));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void What_is_older_than_a_snapshot_that_was_kept_may_go()
    {
        var isHeard = _snapshots.TryHear(new SaveSnapshotSuccess(new SnapshotMetadata("run", 7, DateTime.UnixEpoch)), out var older);

        Assert.True(isHeard);
        Assert.Equal(6, older!.MaxSequenceNr);
        Assert.True(_snapshots.TryHear(new DeleteSnapshotsSuccess(older), out _));
        Assert.False(_snapshots.TryHear("anything else", out _));
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    public void The_end_waits_for_each_store_and_a_store_that_fails_has_answered_too()
    {
        _snapshots.AwaitLast(2);

        Assert.False(_snapshots.IsLast("anything else"));
        Assert.False(_snapshots.IsLast(new DeleteSnapshotsSuccess(new SnapshotSelectionCriteria(6))));
        Assert.False(_snapshots.IsLast(new DeleteSnapshotsSuccess(SnapshotSelectionCriteria.Latest)));
        Assert.True(_snapshots.IsLast(new DeleteMessagesFailure(new IOException("full"), 7)));
    }
}
