using System.Globalization;
using TelemetryActors.Browsing;
using TelemetryActors.Pipeline;
using TelemetryActors.Ring;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>A ring that a dead process left and that its slot has gone on without, because whoever took the slot could not see it: two containers, each with memory of its own.</summary>
/// <remarks>It goes only once the log has what it holds; where another ring is to stand in its place, it gets a name of its own first.</remarks>
/// <param name="Path">Its file.</param>
/// <param name="Stream">Whose it is.</param>
/// <param name="Slot">Which slot's it was.</param>
internal sealed record StrandedRing(string Path, StreamId Stream, int Slot)
{
    private const string Extension = ".left";
    private const string RingExtension = ".ring";

    /// <summary>Whether it stands where its slot's next ring would.</summary>
    public bool IsInPlace => Path.EndsWith(RingExtension, StringComparison.Ordinal);

    /// <summary>The rings of a base directory in a ring directory: those set aside, and all that stand in their slots' places, stranded or not.</summary>
    public static IReadOnlyList<StrandedRing> Candidates(string? directory, string baseDirectory) => directory is null || !Directory.Exists(directory) ? [] :
    [
        .. Directory.GetFiles(directory, "*" + Extension).Order(StringComparer.Ordinal)
            .Concat(Directory.GetFiles(directory, "*" + RingExtension).Order(StringComparer.Ordinal))
            .Where(path => IsOf(path, baseDirectory)).Select(TryName).OfType<StrandedRing>(),
    ];

    /// <summary>The files of rings that were set aside.</summary>
    public static IReadOnlyList<string> SetAside(string directory) => Directory.GetFiles(directory, "*" + Extension);

    /// <summary>Makes room for a new ring: one that stands there and holds events that its log may not have is set aside.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">Where the new ring is to stand.</param>
    /// <param name="stream">Its slot's stream.</param>
    /// <returns>False when the place must not be taken: it is not free, and cannot be made so.</returns>
    public static bool TryMakeRoom(IFileSystem files, string path, StreamId stream)
    {
        try
        {
            if (RingFactory.TryView(path, stream, isOwned: false) is { } memory && new EventRing(memory, TimeSpan.Zero) is var ring && ring.Head < ring.Tail.Position)
            {
                Rename(files, path);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Gives it a name of its own, so that the slot can be taken.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public StrandedRing Aside(IFileSystem files) => IsInPlace ? this with { Path = Rename(files, Path) } : this;

    /// <summary>Whether its slot has gone on without it. Nothing is locked or changed.</summary>
    /// <param name="folder">The slot's files.</param>
    /// <exception cref="IOException">Nobody can look now.</exception>
    public bool IsStranded(Log.LogFolder folder)
    {
        if (!IsInPlace)
        {
            return true;
        }

        // The state first: a living writer's ring is never behind what its state had said before.
        var recovered = Log.LogRecovery.Recover(folder);
        return recovered.Stream != StreamId.None
            && RingFactory.TryView(Path, Stream, isOwned: false) is { } memory
            && (recovered.Stream != Stream || LeftRing.IsStale(new EventRing(memory, TimeSpan.Zero), recovered, folder));
    }

    /// <summary>The same, where no living process has it.</summary>
    /// <remarks>Looked at again behind it: between the state and the ring another process may have taken the ring's place, or the ring.</remarks>
    /// <exception cref="IOException">Nobody can look now.</exception>
    public bool IsToBring(IFileSystem files, Log.LogFolder folder) =>
        files.Identify(Path) is { } file && LockHolder.Find(file) is null && IsStranded(folder)
        && files.Identify(Path) is { } same && same.IsSameFile(file) && LockHolder.Find(same) is null;

    private static string Rename(IFileSystem files, string path)
    {
        var aside = string.Create(CultureInfo.InvariantCulture, $"{path[..^RingExtension.Length]}-{Encoding.RandomBits.Next():x16}{Extension}");
        files.Replace(path, aside);
        files.SyncDirectory(System.IO.Path.GetDirectoryName(path)!);
        return aside;
    }

    private static bool IsOf(string path, string baseDirectory)
    {
        try
        {
            return RingFactory.BaseDirectoryOf(path) == baseDirectory;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another user's.
            return false;
        }
    }

    private static StrandedRing? TryName(string path) =>
        System.IO.Path.GetFileNameWithoutExtension(path).Split('-') is [var stream, var slot, ..]
        && StreamId.TryParse(stream, null, out var id) && int.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new StrandedRing(path, id, number)
            : null;
}
