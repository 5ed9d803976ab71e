using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Log;

/// <summary>Finds out what a writer slot's files hold: the anchors say it, the state file only saves reading them again.</summary>
internal static class LogRecovery
{
    public static RecoveredLog Recover(LogFolder folder)
    {
        var state = AtomicFile.TryRead(folder.Files, folder.StateFile) is { } content ? LogState.TryParse(content) : null;
        var found = new List<LogStretch>();
        var ends = new Dictionary<string, (long End, long Length)>();
        foreach (var name in folder.List().Select(name => name.ToString()))
        {
            using var file = folder.Files.Open(folder.PathOf(name), writable: false);
            var length = file.Identity.Length;
            var known = state?.Stretches.Where(stretch => stretch.File == name).ToArray() ?? [];
            var last = known.LastOrDefault();
            var usable = last is not null && last.EndOffset <= length;
            var (stretches, end) = LogScanner.Scan(file, name, usable ? last!.EndOffset : 0, usable ? last : null);
            found.AddRange(usable ? [.. known[..^1], .. stretches] : stretches);
            ends[name] = (end, length);
        }

        var stream = state?.Stream ?? found.LastOrDefault()?.Start.Stream ?? StreamId.None;
        var index = new LogIndex(
            [.. found.Where(stretch => stretch.Start.Stream == stream).OrderBy(stretch => stretch.Start.Position)], state?.RetainedFrom ?? 0);
        var torn = index.Last is { } newest ? ends[newest.File] : default;
        return new RecoveredLog(
            stream,
            state?.IsClean ?? false,
            state?.OpenRuns ?? [],
            state?.End ?? new Cursor(stream, 0, 0),
            index,
            torn.End,
            torn.Length - torn.End);
    }
}
