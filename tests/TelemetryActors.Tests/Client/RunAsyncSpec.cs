using Xunit;

namespace TelemetryActors.Tests.Client;

[Trait("Feature", "S4.20")]
public sealed class RunAsyncSpec : IDisposable
{
    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task What_the_work_throws_ends_the_run_as_failed_and_reaches_the_caller_as_it_was()
    {
        var thrown = new InvalidOperationException("the disk of the crawler is full");
        InvalidOperationException caught;

        using (var telemetry = _rig.Start())
        {
            caught = await Assert.ThrowsAsync<InvalidOperationException>(() => telemetry.RunAsync("crawler", "nightly", _ => throw thrown));
        }

        Assert.Same(thrown, caught);
        var end = Assert.Single(_rig.Events(), line => line.GetProperty("event").GetString() == "run_end").GetProperty("details");
        Assert.Equal("failed", end.GetProperty("status").GetString());
        Assert.Contains("the disk of the crawler is full", end.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_was_cancelled_ends_the_run_as_cancelled_and_the_caller_hears_so()
    {
        using (var telemetry = _rig.Start())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => telemetry.RunAsync("crawler", "nightly", _ => throw new OperationCanceledException()));
        }

        var end = Assert.Single(_rig.Events(), line => line.GetProperty("event").GetString() == "run_end").GetProperty("details");
        Assert.Equal("cancelled", end.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Work_that_ran_out_of_time_has_failed_as_nobody_cancelled_it()
    {
        using (var telemetry = _rig.Start())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => telemetry.RunAsync("crawler", "nightly", _ => throw new TaskCanceledException("The request was canceled", new TimeoutException())));
        }

        var end = Assert.Single(_rig.Events(), line => line.GetProperty("event").GetString() == "run_end").GetProperty("details");
        Assert.Equal("failed", end.GetProperty("status").GetString());
    }
}
