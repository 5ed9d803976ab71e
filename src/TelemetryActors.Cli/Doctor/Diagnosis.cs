using TelemetryActors.Browsing;
using TelemetryActors.Cli.Store;
using TelemetryActors.Configuration;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Doctor;

/// <summary>Everything that <c>telemetry doctor</c> found out.</summary>
internal sealed record Diagnosis(
    BaseFolder Base,
    RingPlacement Ring,
    IReadOnlyList<SlotOwner> Owners,
    IReadOnlyList<SlotFinding> Slots,
    IReadOnlyList<SinkOverview> Sinks,
    IReadOnlyList<string> Faults,
    IReadOnlyList<string> Notes)
{
    public bool IsSound => Faults.Count == 0;

    public static Diagnosis Of(StartSettings start)
    {
        var folder = start.Folder;
        var files = DiskFileSystem.Instance;
        var ring = RingPlacement.Find(folder.State);
        var owners = SlotOwner.All(folder);
        List<string> faults = [.. start.Resolved.Faults, .. WriteFaults(folder)];
        var logs = SlotLog.All(files, folder.Path, start.Options.Log.File);
        var sinks = new SinkBrowser(files, folder.Path, StoreAccounts.Of(folder, faults)).All(logs, faults);
        var slots = LogAudit.Check(logs);
        faults.AddRange(slots.SelectMany(slot => slot.Faults));
        faults.AddRange(sinks.SelectMany(sink => SinkAudit.Check(sink, logs, files, folder.Path)));
        return new Diagnosis(folder, ring, owners, slots, sinks, faults, [.. slots.SelectMany(slot => slot.Notes)]);
    }

    // What is not there yet is made at the next start; what is there must let itself be written.
    private static IEnumerable<string> WriteFaults(BaseFolder folder) =>
        new[] { folder.Path, folder.State, folder.SinkStates, Path.Combine(folder.Path, "raw") }
            .Where(Directory.Exists)
            .Select(directory => (directory, fault: BaseFolder.WriteFault(directory)))
            .Where(probed => probed.fault is not null)
            .Take(1)
            .Select(probed => $"{probed.directory} cannot be written: {probed.fault}");
}
