using TelemetryActors.Browsing;
using TelemetryActors.Cli.Store;
using TelemetryActors.Client;
using TelemetryActors.Configuration;
using TelemetryActors.Events;
using TelemetryActors.Log;
using TelemetryActors.Ring;
using TelemetryActors.Slots;
using TelemetryActors.Sqlite;
using TelemetryActors.Storage;

namespace TelemetryActors.Cli.Doctor;

/// <summary>Everything that <c>telemetry doctor</c> found out.</summary>
internal sealed record Diagnosis(
    BaseFolder Base,
    RingPlacement Ring,
    IReadOnlyList<SlotOwner> Owners,
    IReadOnlyList<SlotRing> Rings,
    IReadOnlyList<SlotFinding> Slots,
    IReadOnlyList<SinkOverview> Sinks,
    IReadOnlyList<string> Faults,
    IReadOnlyList<string> Notes)
{
    // A command that hangs with the disk says less than one that says so.
    private static readonly TimeSpan DiskPatience = TimeSpan.FromSeconds(5);

    public bool IsSound => Faults.Count == 0;

    /// <summary>Events that no file of the log holds, nor any ring, and that retention did not remove: counted, with their reasons.</summary>
    public long Lost => Sinks.Count == 0 ? 0 : Sinks[0].Dropped.Total - Sinks[0].Dropped[DropReason.BacklogLimit];

    /// <summary>Whether a ring was lost of which nobody knows what it held.</summary>
    public bool MayHaveLostMore => Slots.Any(slot => slot.MayHaveLostMore);

    public static Diagnosis Of(StartSettings start)
    {
        var folder = start.Folder;
        var files = DiskFileSystem.Instance;
        if (start.IsSilent || !Answers(folder))
        {
            return Silent(start);
        }

        var placement = RingPlacement.Find(folder.State);
        var owners = SlotOwner.All(folder, files);
        List<string> faults = [.. start.Resolved.Faults, .. WriteFaults(folder)];
        var logs = SlotLog.All(files, folder.Path, start.Options.Log.File);
        var look = new SlotRings(files, folder, placement, start.Options.Log.File);
        var rings = look.All(logs);
        var ring = RingOutlook.Of(placement, ClientStart.RingBytes(start.Options), rings);
        (logs, var slots) = LogAudit.Examine(look.Joined(logs, rings));
        rings = [.. rings, .. new StrandedRingLook(files, folder, placement, start.Options.Log.File).All(faults)];
        var logFiles = new LogFilesLook(files, folder.Path, start.Options.Log.File);
        faults.AddRange(logFiles.Unreadable().Select(part => part.ToString()));
        faults.AddRange(logs.Select(log => log.StateFault).OfType<string>());
        var sinks = new SinkBrowser(files, folder.Path, StoreAccounts.Of(folder, faults)).All(logs, faults);
        List<string> storeNotes = [.. StoreNotes(folder, faults)];
        faults.AddRange(slots.SelectMany(slot => slot.Faults));
        faults.AddRange(logs.Select(log => new UntrackedStretches(files, folder.Path, log.Slot).Fault).OfType<string>());
        faults.AddRange(rings.Select(found => found.Fault).OfType<string>());
        faults.AddRange(sinks.SelectMany(sink => SinkAudit.Check(sink, logs, files, folder.Path)));
        List<string> cursorNotes = [];
        new CursorsAhead(slot => LookAt(files, start, look, slot)).Look(sinks, logs, faults, cursorNotes);
        return new Diagnosis(folder, ring, owners, rings, slots, sinks, faults, [.. slots.SelectMany(slot => slot.Notes), .. cursorNotes, .. rings.Select(found => found.Note).OfType<string>(), .. logFiles.Notes(), .. storeNotes, .. BroughtNotes(files, folder, faults)]);
    }

    private static (SlotLog? Log, SlotRing? Ring) LookAt(IFileSystem files, StartSettings start, SlotRings look, int slot)
    {
        SlotLog[] log = [SlotLog.Read(new LogFolder(files, start.Folder.Path, start.Options.Log.File, slot))];
        var rings = look.All(log);
        return (look.Joined(log, rings).FirstOrDefault(found => found.Slot == slot), rings.FirstOrDefault(ring => ring.Slot == slot));
    }

    private static IEnumerable<string> StoreNotes(BaseFolder folder, List<string> faults)
    {
        var file = StoreSettings.FileOf(folder);
        try
        {
            if (StoreDamage.Find(file, out var isThrough) is { } damage)
            {
                faults.Add(damage);
            }

            return isThrough ? [] : [$"{file.Path} is too large to be looked through in {StoreCheck.Patience.TotalSeconds:0} s: not all of its pages were; PRAGMA quick_check of any SQLite tool looks at all"];
        }
        catch (IOException fault)
        {
            // What it means that the store cannot be read is said where its accounts are.
            return [$"the store's pages were not looked through: {fault.Message}"];
        }
    }

    private static List<string> BroughtNotes(IFileSystem files, BaseFolder folder, List<string> faults)
    {
        try
        {
            return [.. new BroughtRings(files, folder.Path).Read().Select(ring => ring.Note)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add($"what was brought from rings cannot be read: {exception.Message}");
            return [];
        }
    }

    private static Diagnosis Silent(StartSettings start) => new(
        start.Folder, new RingPlacement(null, "not looked for"), [], [], [], [],
        [.. start.Resolved.Faults, $"{start.Folder.Path} does not answer: a file call of it has not come back, so nothing else was looked at"], []);

    // Touches what every look at the base directory begins with.
    private static bool Answers(BaseFolder folder) => DiskCall.TryWait(
        DiskCall.Begin("look", () =>
        {
            foreach (var path in new[] { folder.State, folder.SinkStates }.SelectMany(directory => DiskFileSystem.Instance.List(directory).Select(name => Path.Combine(directory, name))))
            {
                Touch(path);
            }

            return true;
        }),
        DiskPatience,
        out _);

    private static void Touch(string path)
    {
        try
        {
            using var file = DiskFileSystem.Instance.Open(path, writable: false);
            file.Read(new byte[1], 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A disk that refuses has answered; what that means is said where the file is read.
        }
    }

    // What is not there yet is made at the next start; what is there must be a directory, and let itself be written.
    private static IEnumerable<string> WriteFaults(BaseFolder folder) =>
        new[] { folder.Path, folder.State, folder.SinkStates, Path.Combine(folder.Path, "raw") }
            .Select(directory => Directory.Exists(directory) ? BaseFolder.WriteFault(directory) is { } fault ? $"{directory} cannot be written: {fault}" : null
                : DiskFileSystem.Instance.IsTaken(directory) ? $"{directory} is no directory: nothing can be written there"
                : null)
            .OfType<string>()
            .Take(1);
}
