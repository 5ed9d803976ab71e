using TelemetryActors.AkkaNet.Runs;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.AkkaNet.Tests.Runs;

/// <summary>A client on actors whose disk does not even say whether there is a journal of runs.</summary>
public sealed class HungJournalSpec : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Bound = Eventually.DefaultBound;

    private readonly string _directory = TestFolder.Create();
    private readonly HangingFileSystem _disk = new(DiskFileSystem.Instance);

    public HungJournalSpec()
        : base(EngineSettings.Reference.WithFallback(SpecSettings.Quiet))
    {
    }

    [Fact]
    [Trait("Feature", "SK.3")]
    [Trait("Feature", "SK.7")]
    public void Neither_the_event_log_nor_the_end_waits_for_it()
    {
        _disk.HangAt(path => path.EndsWith(RunJournal.FileName, StringComparison.Ordinal));
        var client = TelemetryClient.Start("spec", options =>
        {
            options.BaseDirectory = _directory;
            options.Files = _disk;
            options.RunOnActors(Sys);
        });
        client.Record("logged");
        Eventually.Equal(1, () => _disk.Waiting);

        var flushed = DiskCall.Begin("spec", () => client.FlushAsync().AsTask().GetAwaiter().GetResult());
        Assert.True(DiskCall.TryWait(flushed, Bound, out var result), "the event log waits for it");
        Assert.True(result.IsDurable);
        var ended = DiskCall.Begin("spec", () =>
        {
            client.Dispose();
            return true;
        });

        Assert.True(DiskCall.TryWait(ended, Bound, out _), "the end waits for it");
        Eventually.Equal(1, () => _disk.Waiting);
    }

    protected override void AfterAll()
    {
        _disk.Dispose();
        base.AfterAll();
        TestFolder.Delete(_directory);
    }
}
