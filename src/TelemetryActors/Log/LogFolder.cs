using System.Globalization;
using TelemetryActors.Storage;

namespace TelemetryActors.Log;

/// <summary>Where one writer slot keeps its log, and how the files are named.</summary>
/// <remarks>
/// Written are daily files or the fixed one, as the settings have it now; found is what any setting has had written. A file's name here is the name alone for daily
/// files, and with its place for fixed ones: so it means the same whatever the settings are.
/// </remarks>
internal sealed class LogFolder
{
    private const string StateExtension = ".json";
    private const string FirstState = "jsonl.json";
    private const string OtherStates = "jsonl-s";

    private const char PlaceEnd = '/';

    private readonly string _baseDirectory;
    private readonly string _dailyDirectory;
    private readonly FixedLogFile? _fixed;
    private readonly UsedLogFiles _used;

    public LogFolder(IFileSystem files, string baseDirectory, string? fixedFile, int slot)
    {
        Files = files;
        Slot = slot;
        _baseDirectory = baseDirectory;
        _dailyDirectory = Path.Combine(baseDirectory, "raw");
        _fixed = fixedFile is null ? null : FixedLogFile.Of(fixedFile, baseDirectory);
        _used = new UsedLogFiles(files, baseDirectory);
        Directory = _fixed is null ? _dailyDirectory : Path.GetFullPath(_fixed.Place, baseDirectory);
        Quarantine = Path.Combine(baseDirectory, "raw", "quarantine");
        StateFile = Path.Combine(baseDirectory, "state", "sinks", slot == 1 ? FirstState : string.Create(CultureInfo.InvariantCulture, $"{OtherStates}{slot}{StateExtension}"));
    }

    public IFileSystem Files { get; }

    public int Slot { get; }

    /// <summary>Where files are written now.</summary>
    public string Directory { get; }

    public string Quarantine { get; }

    /// <summary>Holds a <see cref="LogState"/>.</summary>
    public string StateFile { get; }

    public string PathOf(string name) => name.Contains(PlaceEnd) ? Path.GetFullPath(name, _baseDirectory) : Path.Combine(_dailyDirectory, name);

    /// <summary>The name of a file that may be written to as the settings are now; null for one of other settings.</summary>
    public LogFileName? ParseName(string name)
    {
        var place = _fixed?.Place ?? "";
        return name.StartsWith(place, StringComparison.Ordinal) && !name.AsSpan(place.Length).Contains(PlaceEnd)
            && LogFileName.TryParse(name[place.Length..], _fixed?.Name) is { } parsed
                ? parsed with { Place = place }
                : null;
    }

    /// <summary>Before a file is written to: that readers find it, whatever the settings are then.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Remember()
    {
        if (_fixed is not null)
        {
            _used.Add(_fixed);
        }
    }

    /// <summary>This slot's files, in the order of their names.</summary>
    public IReadOnlyList<LogFileName> List()
    {
        var own = new List<LogFileName>();
        foreach (var name in ListAll())
        {
            if (name.Slot == Slot)
            {
                own.Add(name);
            }
        }

        if (own.Count > 1)
        {
            own.Sort(InOrder);
        }

        return own;
    }

    /// <summary>All slots' files, in no order.</summary>
    public IEnumerable<LogFileName> ListAll()
    {
        var daily = Files.List(_dailyDirectory).Select(name => LogFileName.TryParse(name, fixedName: null)).OfType<LogFileName>();
        var known = _used.Read();
        var places = _fixed is null || known.Contains(_fixed) ? known : [.. known, _fixed];
        return places.Count == 0 ? daily : daily.Concat(places.SelectMany(ListFixed)).DistinctBy(name => PathOf(name.ToString()));
    }

    private IEnumerable<LogFileName> ListFixed(FixedLogFile file) =>
        Files.List(Path.GetFullPath(file.Place, _baseDirectory))
            .Select(name => LogFileName.TryParse(name, file.Name))
            .OfType<LogFileName>()
            .Select(name => name with { Place = file.Place });

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
        _fixed is null ? LogFileName.Daily(DateOnly.FromDateTime(now.UtcDateTime), Slot) : LogFileName.Fixed(_fixed.Name, Slot) with { Place = _fixed.Place };
}
