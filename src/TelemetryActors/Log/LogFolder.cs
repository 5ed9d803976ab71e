using TelemetryActors.Storage;

namespace TelemetryActors.Log;

/// <summary>Where one writer slot keeps its log, and how the files are named.</summary>
internal sealed class LogFolder
{
    private readonly string? _fixedName;

    public LogFolder(IFileSystem files, string baseDirectory, string? fixedFile, int slot)
    {
        Files = files;
        Slot = slot;
        var fixedPath = fixedFile is null ? null : Path.GetFullPath(fixedFile, baseDirectory);
        _fixedName = Path.GetFileName(fixedPath);
        Directory = fixedPath is null ? Path.Combine(baseDirectory, "raw") : Path.GetDirectoryName(fixedPath)!;
        Quarantine = Path.Combine(baseDirectory, "raw", "quarantine");
        StateFile = Path.Combine(baseDirectory, "state", "sinks", slot == 1 ? "jsonl.json" : $"jsonl-s{slot}.json");
    }

    public IFileSystem Files { get; }

    public int Slot { get; }

    public string Directory { get; }

    public string Quarantine { get; }

    /// <summary>Holds a <see cref="LogState"/>.</summary>
    public string StateFile { get; }

    public string PathOf(string name) => Path.Combine(Directory, name);

    public LogFileName? ParseName(string name) => LogFileName.TryParse(name, _fixedName);

    /// <summary>This slot's files, in the order of their names.</summary>
    public IEnumerable<LogFileName> List() =>
        Files.List(Directory)
            .Select(ParseName)
            .OfType<LogFileName>()
            .Where(name => name.Slot == Slot)
            .OrderBy(name => name.Label, StringComparer.Ordinal)
            .ThenBy(name => name.Number);

    /// <summary>All slots that have files here.</summary>
    public IEnumerable<int> AllSlots() => Files.List(Directory).Select(ParseName).OfType<LogFileName>().Select(name => name.Slot).Distinct();

    /// <summary>The name that a file begun now would have, taken or not.</summary>
    public LogFileName NameFor(DateTimeOffset now) =>
        _fixedName is null ? LogFileName.Daily(DateOnly.FromDateTime(now.UtcDateTime), Slot) : LogFileName.Fixed(_fixedName, Slot);
}
