using TelemetryActors.Log;
using TelemetryActors.Ring;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;

namespace TelemetryActors.Slots;

/// <summary>A base directory and a place for rings, gone with the spec: its slots are opened by hand, its disk fails when told to, its clock stands.</summary>
internal sealed class SlotRig : IDisposable
{
    public SlotRig(int ringBytes = 16 * 1024)
    {
        var rings = Root.CreateSubdirectory("rings").FullName;
        var folder = new BaseFolder(Path.Combine(Root.FullName, "base"), "spec");
        Settings = new SlotSettings(folder, Files, Time, new LogOptions(), new RingPlacement(rings, "spec", folder.State), ringBytes, TimeSpan.Zero);
    }

    public DirectoryInfo Root { get; } = Directory.CreateTempSubdirectory("slots-");

    public FaultyFileSystem Files { get; } = new(DiskFileSystem.Instance);

    public ManualTime Time { get; } = new();

    public SlotSettings Settings { get; }

    /// <summary>The same slots for a process that would place its ring in another directory.</summary>
    public SlotSettings Elsewhere => Settings with { Placement = new RingPlacement(Root.CreateSubdirectory("other rings").FullName, "spec") };

    /// <summary>The names of the locks and rings that are there.</summary>
    public string[] Left => [.. Directory.GetFiles(Settings.Base.State, "slot-*").Concat(Directory.GetFiles(Settings.Placement.Directory!)).Select(path => Path.GetFileName(path))];

    /// <summary>The log's files, of all slots, by their names.</summary>
    public string[] LogFiles => [.. Directory.GetFiles(Path.Combine(Settings.Base.Path, "raw")).Order(StringComparer.Ordinal)];

    public void Dispose() => Root.Delete(recursive: true);
}
