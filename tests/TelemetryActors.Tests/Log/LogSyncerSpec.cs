using TelemetryActors.Processes;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Log;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S1.18")]
public sealed class LogSyncerSpec : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("syncer-");
    private readonly ManualTime _time = new();
    private readonly WriterSlot _slot;
    private int _failures;

    public LogSyncerSpec()
    {
        var folder = new BaseFolder(Path.Combine(_root.FullName, "base"), "spec");
        _slot = WriterSlot.Open(new SlotSettings(
            folder, DiskFileSystem.Instance, _time, Options, new RingPlacement(_root.CreateSubdirectory("rings").FullName, "spec"), 16 * 1024, TimeSpan.Zero));
    }

    private static LogOptions Options => new() { Fsync = FsyncMode.Never };

    public void Dispose()
    {
        _slot.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public void The_state_is_written_down_though_nobody_asks_for_an_fsync()
    {
        using var syncer = Start();
        File.Delete(_slot.Folder.StateFile);

        Eventually.True(() => File.Exists(_slot.Folder.StateFile), between: () => _time.Advance(TimeSpan.FromSeconds(31)));
    }

    [Fact]
    public void A_fault_of_ours_is_told_and_the_thread_goes_on()
    {
        using var syncer = Start();
        _slot.Log.OpenRuns = () => throw new InvalidOperationException("a fault of ours");
        Eventually.True(() => Volatile.Read(ref _failures) > 0, between: () => _time.Advance(TimeSpan.FromSeconds(31)));
        File.Delete(_slot.Folder.StateFile);

        _slot.Log.OpenRuns = () => [];

        Eventually.True(() => File.Exists(_slot.Folder.StateFile), between: () => _time.Advance(TimeSpan.FromSeconds(31)));
    }

    private LogSyncer Start()
    {
        var syncer = new LogSyncer(new OwnSlot(_slot), Options, _time, () => { }, _ => Interlocked.Increment(ref _failures));
        syncer.Start();
        return syncer;
    }
}
