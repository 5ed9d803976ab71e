using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Log;

/// <summary>Finds out what a writer slot's files hold: the anchors say it, the state file only saves reading them again.</summary>
internal static class LogRecovery
{
    private const int LongestAnchorBytes = 256;

    /// <exception cref="IOException">The state or a file cannot be read now: what the slot holds is not known.</exception>
    public static RecoveredLog Recover(LogFolder folder) => Recover(folder, ReadState(folder));

    /// <summary>What was kept of a slot's log; null when nothing was, or nothing that can be made out.</summary>
    /// <exception cref="IOException">It cannot be read now.</exception>
    public static LogState? ReadState(LogFolder folder) =>
        AtomicFile.TryRead(folder.Files, folder.StateFile) is { } content ? LogState.TryParse(content) : null;

    /// <param name="folder">The slot's files.</param>
    /// <param name="state">What is known of them; null when nothing is, and all is found out.</param>
    public static RecoveredLog Recover(LogFolder folder, LogState? state)
    {
        var scanned = new List<ScannedFile>();
        foreach (var name in folder.List())
        {
            if (TryScan(folder, name.ToString(), state) is { } file)
            {
                scanned.Add(file);
            }
        }

        if (state is not null && IsOverridden(state, scanned, folder.Files))
        {
            state = null;
        }

        return state is null && scanned.Count == 0
            ? new RecoveredLog(StreamId.None, IsClean: false, [], default, LogIndex.Empty, TornFrom: 0, TornBytes: 0)
            : Join(state, scanned);
    }

    // A state that knows of nothing may be that of a writer which was held up while another one, who could not see it, began here: what that one wrote says more.
    private static bool IsOverridden(LogState state, List<ScannedFile> scanned, IFileSystem files)
    {
        var isEmpty = state.End.Position == 0 && state.Stretches.IsEmpty;
        return isEmpty
            && scanned.Exists(file => file.Stretches.Any())
            && !scanned.Exists(file => file.Stretches.Any(stretch => stretch.Start.Stream == state.Stream))
            && !IsThere(state.Ring?.Path, files);
    }

    private static bool IsThere(string? path, IFileSystem files)
    {
        try
        {
            return path is not null && files.Identify(path) is not null;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static RecoveredLog Join(LogState? state, List<ScannedFile> scanned)
    {
        var stream = state?.Stream ?? scanned.SelectMany(file => file.Stretches).LastOrDefault()?.Start.Stream ?? StreamId.None;
        var index = Order(scanned, state, stream);
        var torn = scanned.Find(file => file.Name == index.Last?.File);
        return new RecoveredLog(
            stream,
            state?.IsClean ?? false,
            state?.OpenRuns ?? [],
            state?.End ?? new Cursor(stream, 0, 0),
            index,
            torn?.End ?? 0,
            torn is null ? 0 : torn.Length - torn.End)
        {
            UntoldGap = state?.UntoldGap,
            Ring = state?.Ring,
            Writer = state?.Writer,
            InDoubt = state?.InDoubt ?? 0,
            HasFailedSync = state?.HasFailedSync ?? false,
            MayContinue = torn is null or { IsCut: false },
        };
    }

    // A file that cannot be read now is passed over: what the state knows of it counts as gone until it can be.
    private static ScannedFile? TryScan(LogFolder folder, string name, LogState? state)
    {
        try
        {
            using var file = folder.Files.OpenPlain(folder.PathOf(name), writable: false);
            var length = file.Identity.Length;
            var known = state?.Stretches.Where(stretch => stretch.File == name).ToArray() ?? [];
            var isKnown = known.Length > 0 && known[^1].EndOffset <= length && Array.TrueForAll(known, stretch => IsAnchored(file, stretch) || (stretch == known[0] && HasNoAnchor(file)));
            var (stretches, end) = LogScanner.Scan(file, name, isKnown ? known[^1].EndOffset : 0, isKnown ? known[^1].Snapshot() : null);
            return new ScannedFile(name, isKnown, isKnown ? [.. known[..^1], .. stretches] : stretches, end, length)
            {
                IsCut = known.Length > 0 && known[^1].EndOffset > length,
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A file may have been deleted and its name used again since the state was written.
    private static bool IsAnchored(IStorageFile file, LogStretch stretch)
    {
        var before = new byte[(int)Math.Min(LongestAnchorBytes, stretch.Offset)];
        var read = file.Read(before, stretch.Offset - before.Length);
        if (read < 2 || before[read - 1] != '\n')
        {
            return false;
        }

        var line = before.AsSpan(0, read - 1);
        return LogAnchor.TryParse(line[(line.LastIndexOf((byte)'\n') + 1)..], out var start, out _, out var generation)
            && start == stretch.Start && generation == stretch.Generation;
    }

    // The program begins no file without an anchor: where there is none, someone has written over it, and what he left behind it stands where it stood.
    private static bool HasNoAnchor(IStorageFile file)
    {
        var beginning = new byte[LongestAnchorBytes];
        var read = beginning.AsSpan(0, file.Read(beginning, 0));
        return !LogAnchor.TryParse(read[..Math.Max(read.IndexOf((byte)'\n'), 0)], out _, out _);
    }

    // Files follow each other by their positions; what was written again after a failed fsync comes behind all that was written before that.
    // What is known and not found any more stands first, so that it counts only where nothing else holds its positions.
    private static LogIndex Order(List<ScannedFile> scanned, LogState? state, StreamId stream)
    {
        var gone = new List<LogStretch>();
        foreach (var stretch in state?.Stretches ?? [])
        {
            if (!scanned.Exists(file => file.IsKnown && file.Name == stretch.File))
            {
                gone.Add(stretch.Gone());
            }
        }

        var found = new List<List<LogStretch>>();
        foreach (var file in scanned)
        {
            List<LogStretch> ofStream = [.. file.Stretches.Where(stretch => stretch.Start.Stream == stream)];
            if (ofStream.Count > 0)
            {
                found.Add(ofStream);
            }
        }

        // Sorted only where there is something to sort: a start that finds one file need not have the sorting compiled.
        List<LogStretch> all = gone.Count > 1 ? [.. gone.OrderBy(stretch => stretch.Start.Position)] : gone;
        foreach (var stretches in found.Count > 1 ? [.. found.OrderBy(stretches => stretches[0].Generation).ThenBy(stretches => stretches[0].Start.Position)] : found)
        {
            all.AddRange(stretches);
        }

        return new LogIndex([.. all], state?.RetainedFrom ?? 0);
    }
}
