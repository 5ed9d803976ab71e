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

    /// <summary>The rings of a base directory where rings may be: those set aside, and all that stand in their slots' places, stranded or not.</summary>
    public static IReadOnlyList<StrandedRing> Candidates(RingPlacement placement, string baseDirectory) =>
    [
        .. placement.Files("*" + Extension).Concat(placement.Files("*" + RingExtension))
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
            if (HoldsSome(path, stream))
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

    /// <summary>Removes a ring that nobody will trust again, because it is of an earlier boot of the machine, or damaged: it would stand there for ever where its slot's next one is made in another place.</summary>
    /// <remarks>Only for whoever has the slot, and knows that no living process has the ring. What it may have held is in doubt, which its slot's log says.</remarks>
    /// <param name="settings">As for opening the slot.</param>
    /// <param name="path">The ring's file, there or not.</param>
    /// <param name="stream">Its slot's stream.</param>
    public static void RemoveLost(SlotSettings settings, string path, StreamId stream)
    {
        try
        {
            if (RingFactory.TryFindLost(path, stream, settings.Base.Path, RingFactory.BootId) is not null && !IsOfSeveralMachines(path))
            {
                settings.Files.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another user's, or the disk takes nothing now: the next start tries again.
        }
    }

    /// <summary>Whether a ring that is of no boot of this machine may be another machine's.</summary>
    public static bool IsOfSeveralMachines(string path) => FileStatus.FileSystemOf(path) == FileSystemKind.Shared;

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

    // One that is emptied is about to go: looking at it must not keep its room.
    private static bool HoldsSome(string path, StreamId stream)
    {
        if (RingFactory.TryView(path, stream, isOwned: false) is not { } memory)
        {
            return false;
        }

        var ring = new EventRing(memory, TimeSpan.Zero);
        var holdsSome = ring.Head < ring.Tail.Position;
        ring.Unmap();
        return holdsSome;
    }

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
