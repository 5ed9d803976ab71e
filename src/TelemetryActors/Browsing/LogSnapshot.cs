using TelemetryActors.Log;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>The event log's files at one moment: for each writer slot, in the order in which they were written.</summary>
/// <param name="Slots">The files of one slot each.</param>
internal sealed record LogSnapshot(IReadOnlyList<IReadOnlyList<LogPart>> Slots)
{
    private const int FirstLineBytes = 512;

    /// <summary>The files that cannot be read now, each with the reason: what they hold is in none of the others.</summary>
    public IReadOnlyList<UnreadablePart> Unreadable { get; private init; } = [];

    public IEnumerable<LogPart> Parts => Slots.SelectMany(parts => parts);

    public static LogSnapshot Take(IFileSystem files, string baseDirectory, string? fixedFile = null)
    {
        var folder = new LogFolder(files, baseDirectory, fixedFile, slot: 1);
        List<UnreadablePart> unreadable = [];
        return new LogSnapshot([.. LookAt(folder, folder.ListAll(), unreadable).GroupBy(part => part.Name.Slot).OrderBy(slot => slot.Key).Select(InOrder)]) { Unreadable = unreadable };
    }

    /// <summary>One slot's files, in the order in which they were written.</summary>
    public static IReadOnlyList<LogPart> Of(LogFolder folder) => InOrder(LookAt(folder, folder.List(), []));

    private static IEnumerable<LogPart> LookAt(LogFolder folder, IEnumerable<LogFileName> names, List<UnreadablePart> unreadable) =>
        names.Select(name => Look(folder.Files, folder.PathOf(name.ToString()), name, unreadable)).OfType<LogPart>();

    // Names are labels, and a clock that was set back gives an old label to a new file: the anchors order the files of one stream.
    private static List<LogPart> InOrder(IEnumerable<LogPart> slot) =>
    [
        .. slot.OrderBy(part => part.Name.Label, StringComparer.Ordinal)
            .ThenBy(part => part.Name.Number)
            .GroupBy(part => part.Begin?.Stream)
            .SelectMany(stream => stream.OrderBy(part => part.Begin?.Position ?? 0)),
    ];

    private static LogPart? Look(IFileSystem files, string path, LogFileName name, List<UnreadablePart> unreadable)
    {
        try
        {
            using var file = files.OpenPlain(path, writable: false);
            var first = new byte[FirstLineBytes];
            var read = file.Read(first, 0);
            var end = first.AsSpan(0, read).IndexOf((byte)'\n');
            var hasAnchor = LogAnchor.TryParse(first.AsSpan(0, Math.Max(end, 0)), out var begin, out _);
            return new LogPart(name, path, file.Identity, hasAnchor ? begin : null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Removed by retention since it was listed.
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            unreadable.Add(new UnreadablePart(path, exception.Message));
            return null;
        }
    }
}
