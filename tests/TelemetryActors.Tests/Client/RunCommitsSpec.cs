using System.Collections.Concurrent;
using TelemetryActors.Client;
using TelemetryActors.Runs;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Trait("Feature", "S4.10")]
public sealed class RunCommitsSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void A_working_directory_that_was_deleted_ties_a_run_to_nothing()
    {
        var commits = new RunCommits(() => throw new DirectoryNotFoundException("gone"), (_, _, _) => Assert.Fail("tied"), Patience);

        Assert.Null(commits.Label("run", null));
    }

    [Fact]
    public void One_thread_reads_for_all_runs_that_begin_one_after_the_other()
    {
        var readers = new ConcurrentBag<int>();
        var commits = new RunCommits(
            () =>
            {
                readers.Add(Environment.CurrentManagedThreadId);
                return "/";
            },
            (_, _, _) => Assert.Fail("tied"), Patience);

        for (var run = 0; run < 20; run++)
        {
            commits.Label($"run-{run}", null);
        }

        // A thread that has had no processor yet has read for none of them. One that did not come within its 50 ms is read for two.
        Eventually.True(() => !readers.IsEmpty);
        Assert.InRange(readers.Count, 1, 20);
        Assert.Single(readers.Distinct());
    }

    [Fact]
    public void Runs_that_begin_at_once_while_the_disk_hangs_hold_one_thread_and_are_all_tied_to_nothing()
    {
        using var answer = new ManualResetEventSlim();
        var (readings, most) = (0, 0);
        var commits = new RunCommits(
            () =>
            {
                most = Math.Max(most, Interlocked.Increment(ref readings));
                answer.Wait(CancellationToken.None);
                Interlocked.Decrement(ref readings);
                return "/";
            },
            (_, _, _) => Assert.Fail("tied"), Patience);
        var labelled = new ConcurrentBag<RunLabels?>();

        var starters = Enumerable.Range(0, 50).Select(run => new Thread(() => labelled.Add(commits.Label($"run-{run}", null)))).ToList();
        starters.ForEach(thread => thread.Start());
        starters.ForEach(thread => Assert.True(thread.Join(TimeSpan.FromSeconds(30))));

        // Nobody waited for it longer than 50 ms, in which it need not have had the processor.
        Eventually.True(() => Volatile.Read(ref readings) > 0);
        Assert.Equal((50, 1), (labelled.Count, Volatile.Read(ref readings)));
        Assert.All(labelled, Assert.Null);
        answer.Set();
        Eventually.Equal(0, () => Volatile.Read(ref readings));
        Assert.Equal(1, most);
    }
}
