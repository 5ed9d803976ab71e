using System.Text.Json;
using TelemetryActors.Events;
using TelemetryActors.Runs;
using Xunit;

namespace TelemetryActors.Tests.Client;

/// <summary>Runs as a user of the embedded library makes them, read back from the event log.</summary>
[Trait("Feature", "S4.2")]
[Trait("Feature", "S4.6")]
public sealed class ClientRunSpec : IDisposable
{
    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_delegate_that_returns_ends_its_run_as_success_with_its_metrics()
    {
        await using (var client = _rig.Start())
        {
            await client.RunAsync("crawler", "nightly", run =>
            {
                run.Record("checkpoint", ("step", 1));
                run.SetMetric("items_discovered", 10);
                run.IncrementMetric("items_discovered", 2);
                return Task.CompletedTask;
            });
        }

        Assert.Equal(["run_start", "checkpoint", "run_end"], _rig.Names());
        var end = End();
        Assert.Equal("success", end.GetProperty("status").GetString());
        Assert.Equal("crawler", end.GetProperty("agent_name").GetString());
        Assert.Equal(12, end.GetProperty("metrics").GetProperty("items_discovered").GetDouble());
        Assert.Equal([1, 2, 3], _rig.Events().Select(json => json.GetProperty("run_seq").GetInt32()));
        Assert.Single(_rig.Events().Select(json => json.GetProperty("run_id").GetString()).Distinct());
    }

    [Fact]
    [Trait("Feature", "S4.20")]
    public async Task A_delegate_that_throws_ends_its_run_as_failed_and_the_exception_reaches_the_caller()
    {
        var thrown = new InvalidOperationException("the page was gone");
        await using (var client = _rig.Start())
        {
            var caught = await Assert.ThrowsAsync<InvalidOperationException>(() => client.RunAsync("crawler", "nightly", _ => throw thrown));
            Assert.Same(thrown, caught);
        }

        Assert.Equal("failed", End().GetProperty("status").GetString());
        Assert.Equal("InvalidOperationException: the page was gone", End().GetProperty("error_summary").GetString());
    }

    [Fact]
    [Trait("Feature", "S4.20")]
    public async Task A_delegate_that_was_cancelled_ends_its_run_as_cancelled_and_the_exception_reaches_the_caller()
    {
        await using (var client = _rig.Start())
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => client.RunAsync("crawler", "nightly", _ => throw new OperationCanceledException("enough")));
        }

        Assert.Equal("cancelled", End().GetProperty("status").GetString());
    }

    [Fact]
    public void A_run_that_was_said_to_have_failed_ends_as_failed_when_it_is_disposed()
    {
        using (var client = _rig.Start())
        {
            using var run = client.StartRun("crawler", "nightly");
            run.Fail("no network");
        }

        Assert.Equal("failed", End().GetProperty("status").GetString());
        Assert.Equal("no network", End().GetProperty("error_summary").GetString());
    }

    [Fact]
    public void A_second_end_changes_nothing()
    {
        using (var client = _rig.Start())
        {
            var run = client.StartRun("crawler", "nightly");
            run.End(RunStatus.Partial);
            run.End(RunStatus.Failed, "too late");
            run.Dispose();
        }

        Assert.Equal(["run_start", "run_end"], _rig.Names());
        Assert.Equal("partial", End().GetProperty("status").GetString());
    }

    [Fact]
    public void Running_is_no_end_and_the_run_goes_on()
    {
        using (var client = _rig.Start())
        {
            using var run = client.StartRun("crawler", "nightly");

            Assert.Equal(DropReason.Invalid, run.End(RunStatus.Running).Reason);
            Assert.Equal(DropReason.Invalid, run.End(null!).Reason);
            Assert.True(run.SetMetric("items", 1));
        }

        Assert.Equal(["run_start", "run_end"], _rig.Names());
        Assert.Equal("success", End().GetProperty("status").GetString());
    }

    [Fact]
    public void A_number_that_is_no_status_is_no_end_and_the_run_can_be_ended()
    {
        using (var client = _rig.Start())
        {
            using var run = client.StartRun("crawler", "nightly");

            Assert.Equal(DropReason.Invalid, run.End((RunStatus)99).Reason);
            Assert.Equal(DropReason.Invalid, run.End((RunStatus)(-1)).Reason);
            Assert.True(run.End(RunStatus.Failed).IsAccepted);
        }

        Assert.Equal(["run_start", "run_end"], _rig.Names());
        Assert.Equal("failed", End().GetProperty("status").GetString());
    }

    [Fact]
    public void A_refused_end_can_be_tried_again()
    {
        using (var client = _rig.Start())
        {
            var run = client.StartRun("crawler", "nightly");
            Assert.Empty(client.UpdateConfig(config => config.Enabled = false));
            Assert.Equal(DropReason.Disabled, run.End(RunStatus.Failed, "first").Reason);

            Assert.Empty(client.UpdateConfig(config => config.Enabled = true));
            Assert.True(run.End(RunStatus.Failed, "second").IsAccepted);
        }

        Assert.Equal("second", End().GetProperty("error_summary").GetString());
    }

    private JsonElement End() => Assert.Single(_rig.Events(), json => json.GetProperty("event").GetString() == RunEvents.End).GetProperty("details");
}
