using TelemetryActors.Engine;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests;

public sealed class OneThreadSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Bound = Eventually.DefaultBound;

    private readonly string _directory = TestFolder.Create();

    public OneThreadSpec()
        : base(EngineSettings.Reference.WithFallback(SpecSettings.Quiet))
    {
    }

    [Fact]
    [Trait("Feature", "S1.1")]
    [Trait("Feature", "SK.7")]
    public void A_client_on_actors_ends_under_a_context_whose_one_thread_waits_for_it()
    {
        var client = TelemetryClient.Start("spec", options =>
        {
            options.BaseDirectory = _directory;
            options.ShutdownBudget = TimeSpan.FromHours(1);
            options.RunOnActors(Sys);
        });
        Assert.NotNull(client.Pipeline.Engine);
        client.Record("last");

        // As a window's program does: what is posted to its one thread runs when that thread has nothing else to do, which is never while it blocks.
        var ended = DiskCall.Begin("spec", () =>
        {
            SynchronizationContext.SetSynchronizationContext(new SinkThreadContext());
            client.Dispose();
            return true;
        });

        Assert.True(DiskCall.TryWait(ended, Bound, out _), "it waits for itself");
        Assert.Contains(Directory.GetFiles(Path.Combine(_directory, "raw"), "*.ndjson").SelectMany(File.ReadLines), line => line.Contains("\"event\":\"last\""));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        TestFolder.Delete(_directory);
    }
}
