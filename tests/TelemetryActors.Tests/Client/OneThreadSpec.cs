using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.Tests.Client;

[Trait("Feature", "S1.1")]
public sealed class OneThreadSpec : IDisposable
{
    private static readonly TimeSpan Bound = Eventually.DefaultBound;

    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    // As a window's program does: what is posted to its one thread runs when that thread has nothing else to do, which is never while it blocks.
    private static void OnOneThread(Action work)
    {
        var done = DiskCall.Begin("spec", () =>
        {
            SynchronizationContext.SetSynchronizationContext(new SinkThreadContext());
            work();
            return true;
        });
        Assert.True(DiskCall.TryWait(done, Bound, out _), "it waits for itself");
    }

    [Fact]
    public void A_client_ends_under_a_context_whose_one_thread_waits_for_it()
    {
        var client = _rig.Start();
        client.Record("last");

        OnOneThread(client.Dispose);

        Assert.Contains("last", _rig.Names());
    }

    [Fact]
    public void Flushes_end_under_a_context_whose_one_thread_waits_for_them()
    {
        using var client = _rig.Start(options =>
            options.Sinks.Add(new SinkDefinition("spec", SinkPolicies.LocalDatabase, _ => new RecordingSink()) { State = KeptState.Durable }));
        client.Record("e", ("n", 1));

        OnOneThread(() => Assert.True(client.FlushAsync().AsTask().GetAwaiter().GetResult().IsDurable));
        OnOneThread(() => Assert.True(client.FlushSinksAsync(Bound).GetAwaiter().GetResult()));
    }
}
