using System.Globalization;
using TelemetryActors.Storage;

namespace TelemetryActors.Log;

/// <summary>Where one writer slot keeps its log, and how the files are named.</summary>
internal sealed class LogFolder
{
    private const string StateExtension = ".json";
    private const string FirstState = "jsonl.json";
    private const string OtherStates = "jsonl-s";

    private readonly string? _fixedName;

    public LogFolder(IFileSystem files, string baseDirectory, string? fixedFile, int slot)
    {
        Files = files;
        Slot = slot;
        var fixedPath = fixedFile is null ? null : Path.GetFullPath(fixedFile, baseDirectory);
        _fixedName = Path.GetFileName(fixedPath);
        Directory = fixedPath is null ? Path.Combine(baseDirectory, "raw") : Path.GetDirectoryName(fixedPath)!;
        Quarantine = Path.Combine(baseDirectory, "raw", "quarantine");
        StateFile = Path.Combine(baseDirectory, "state", "sinks", slot == 1 ? FirstState : string.Create(CultureInfo.InvariantCulture, $"{OtherStates}{slot}{StateExtension}"));
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
    public IReadOnlyList<LogFileName> List()
    {
        var own = new List<LogFileName>();
        foreach (var name in Files.List(Directory))
        {
            if (ParseName(name) is { } parsed && parsed.Slot == Slot)
            {
                own.Add(parsed);
            }
        }

        if (own.Count > 1)
        {
            own.Sort(InOrder);
        }

        return own;
    }

    /// <summary>All slots' files, in no order.</summary>
    public IEnumerable<LogFileName> ListAll() => Files.List(Directory).Select(ParseName).OfType<LogFileName>();

    /// <summary>All slots that have files here.</summary>
    public IEnumerable<int> AllSlots() => ListAll().Select(name => name.Slot).Distinct();

    /// <summary>All slots whose writers left a state here, whether there are files or not.</summary>
    public IEnumerable<int> AllStates()
    {
        foreach (var name in Files.List(Path.GetDirectoryName(StateFile)!))
        {
            if (name == FirstState)
            {
                yield return 1;
            }
            else if (name.StartsWith(OtherStates, StringComparison.Ordinal) && name.EndsWith(StateExtension, StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(OtherStates.Length, name.Length - OtherStates.Length - StateExtension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var slot))
            {
                yield return slot;
            }
        }
    }

    private static int InOrder(LogFileName one, LogFileName other) =>
        string.CompareOrdinal(one.Label, other.Label) is not 0 and var byLabel ? byLabel : one.Number.CompareTo(other.Number);

    /// <summary>The name that a file begun now would have, taken or not.</summary>
    public LogFileName NameFor(DateTimeOffset now) =>
        _fixedName is null ? LogFileName.Daily(DateOnly.FromDateTime(now.UtcDateTime), Slot) : LogFileName.Fixed(_fixedName, Slot);
}
