using TelemetryActors.Storage;

namespace TelemetryActors.Ring;

/// <summary>Where rings live, and why: memory-backed files first, because a ring on a busy disk puts the disk on the caller's thread.</summary>
/// <param name="Directory">The directory for a new one; null when only plain memory is left.</param>
/// <param name="Reason">In words, for <c>telemetry doctor</c>.</param>
/// <param name="State">The base directory's own on the disk, for a ring that the other has no room for; null where there is none.</param>
internal sealed record RingPlacement(string? Directory, string Reason, string? State = null)
{
    public const string Variable = "TELEMETRY_RING_DIR";

    private const string SharedMemory = "/dev/shm";

    private static readonly TimeSpan DiskPatience = TimeSpan.FromSeconds(1);

    /// <summary>Where this process would make a ring, and where those of the base directory may be. Nothing of the base directory is made.</summary>
    /// <param name="stateDirectory">The base directory's own, where no memory is to be had.</param>
    public static RingPlacement Find(string stateDirectory) => Find(stateDirectory, Environment.GetEnvironmentVariable(Variable));

    internal static RingPlacement Find(string stateDirectory, string? given, string sharedMemory = SharedMemory)
    {
        if (given is { Length: > 0 } named)
        {
            // A mounted memory volume belongs to the machine: a directory of our own in it does not.
            var own = Path.Combine(named, $"telemetryactors-{NativeFile.EffectiveUser()}");
            return TryOwn(named) ? new RingPlacement(named, $"{Variable} names it", stateDirectory)
                : TryOwn(own) ? new RingPlacement(own, $"{Variable} names the directory above it", stateDirectory)
                : new RingPlacement(null, $"{Variable} names {named}, which cannot be used: the ring is in plain memory and dies with the process", stateDirectory);
        }

        if (OperatingSystem.IsLinux() && FileStatus.FileSystemOf(sharedMemory) == FileSystemKind.Memory)
        {
            var shared = $"{sharedMemory}/telemetryactors-{NativeFile.EffectiveUser()}";
            if (TryOwn(shared))
            {
                return new RingPlacement(shared, "tmpfs: outlives the process, not the machine or its container", stateDirectory);
            }
        }

        return IsJournaledAndOwn(stateDirectory)
            ? new RingPlacement(stateDirectory, "no usable tmpfs: on the disk, which can slow the callers when it is busy", stateDirectory)
            : new RingPlacement(null, "neither tmpfs nor ext4 or xfs: plain memory, what is not yet in the log dies with the process", stateDirectory);
    }

    /// <summary>Where rings of the base directory may be, whoever's they are: there, and where those are that found no room.</summary>
    public IEnumerable<string> Directories =>
        Directory is { } own && State is { } state ? (own == state || IsOneWith(own, state) ? [own] : [own, state]) : new[] { Directory, State }.OfType<string>();

    /// <summary>Where a new ring is tried, one after the other: memory that is full would leave plain memory, where the disk keeps what a kill would take.</summary>
    /// <remarks>Whether there is room shows when it is made: what stands there now may be the ring that is to go first, or another process may be as far as this one.</remarks>
    public IEnumerable<string> Choices => Directory is null ? [] : Directories.Where(directory => directory == Directory || IsJournaledAndOwn(directory));

    /// <summary>The file of a slot's ring in a directory.</summary>
    public static string FileIn(string directory, Pipeline.StreamId stream, int slot) => Path.Combine(directory, $"{stream}-{slot}.ring");

    /// <summary>Where the ring of a slot may be, there or not.</summary>
    public IEnumerable<string> FilesOf(Pipeline.StreamId stream, int slot) => Directories.Select(directory => FileIn(directory, stream, slot));

    /// <summary>The files of a pattern that are where rings may be.</summary>
    public IEnumerable<string> Files(string pattern) =>
        Directories.Where(System.IO.Directory.Exists).SelectMany(directory => System.IO.Directory.GetFiles(directory, pattern).Order(StringComparer.Ordinal));

    /// <summary>What it is when the first choice has no room.</summary>
    /// <param name="cause">Why that is known, in words.</param>
    public RingPlacement WithoutRoom(string cause) => Choices.Contains(State) && State != Directory
        ? this with { Directory = State, Reason = $"{cause}: on the disk, which can slow the callers when it is busy" }
        : this with { Directory = null, Reason = $"{cause}: plain memory, what is not yet in the log dies with the process" };

    // A disk that does not answer is no place for a ring, and keeps no start waiting. Who makes a ring makes the base directory as well, but not before it is
    // known where the ring goes.
    private static bool IsJournaledAndOwn(string directory)
    {
        var looking = DiskCall.Begin("ring", () => FileStatus.FileSystemOf(Present(directory)) == FileSystemKind.Journaled && IsOwn(directory));
        return DiskCall.TryWait(looking, DiskPatience, out var isSo) && isSo;
    }

    private static string Present(string directory)
    {
        while (!System.IO.Directory.Exists(directory) && Path.GetDirectoryName(directory) is { Length: > 0 } above)
        {
            directory = above;
        }

        return directory;
    }

    // A directory in a place that everyone can write to is used only when it is ours alone.
    private static bool TryOwn(string directory)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                System.IO.Directory.CreateDirectory(directory);
                return true;
            }

            System.IO.Directory.CreateDirectory(
                directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return IsOwn(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // So is one that is still to be made.
    private static bool IsOwn(string directory) => FileStatus.OwnerOf(directory) is not { } owner || owner == NativeFile.EffectiveUser();

    // Under two names, by links, each ring would be held by whoever asks whether somebody holds it.
    private static bool IsOneWith(string directory, string other)
    {
        try
        {
            return RealPath.Of(directory) == RealPath.Of(other);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
