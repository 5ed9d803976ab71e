using TelemetryActors.Storage;

namespace TelemetryActors.Ring;

/// <summary>Where a ring lives, and why: memory-backed files first, because a ring on a busy disk puts the disk on the caller's thread.</summary>
/// <param name="Directory">The directory; null when only plain memory is left.</param>
/// <param name="Reason">In words, for <c>telemetry doctor</c>.</param>
internal sealed record RingPlacement(string? Directory, string Reason)
{
    public const string Variable = "TELEMETRY_RING_DIR";

    private const string SharedMemory = "/dev/shm";

    private static readonly TimeSpan DiskPatience = TimeSpan.FromSeconds(1);

    /// <summary>Where a ring is to live.</summary>
    /// <param name="stateDirectory">The base directory's own, where no memory is to be had.</param>
    /// <param name="ringBytes">How large it is to be: memory without room for it is passed over. 0 where no ring is made.</param>
    public static RingPlacement Find(string stateDirectory, long ringBytes = 0) => Find(stateDirectory, ringBytes, Environment.GetEnvironmentVariable(Variable));

    internal static RingPlacement Find(string stateDirectory, long ringBytes, string? given)
    {
        if (given is { Length: > 0 } named)
        {
            // A mounted memory volume belongs to the machine: a directory of our own in it does not.
            var own = Path.Combine(named, $"telemetryactors-{NativeFile.EffectiveUser()}");
            return TryOwn(named) ? WithRoom(new RingPlacement(named, $"{Variable} names it"), stateDirectory, ringBytes)
                : TryOwn(own) ? WithRoom(new RingPlacement(own, $"{Variable} names the directory above it"), stateDirectory, ringBytes)
                : new RingPlacement(null, $"{Variable} names {named}, which cannot be used: the ring is in plain memory and dies with the process");
        }

        if (OperatingSystem.IsLinux() && FileStatus.FileSystemOf(SharedMemory) == FileSystemKind.Memory)
        {
            var shared = $"{SharedMemory}/telemetryactors-{NativeFile.EffectiveUser()}";
            if (TryOwn(shared))
            {
                return WithRoom(new RingPlacement(shared, "tmpfs: outlives the process, not the machine or its container"), stateDirectory, ringBytes);
            }
        }

        return IsJournaledAndOwn(stateDirectory)
            ? new RingPlacement(stateDirectory, "no usable tmpfs: on the disk, which can slow the callers when it is busy")
            : new RingPlacement(null, "neither tmpfs nor ext4 or xfs: plain memory, what is not yet in the log dies with the process");
    }

    public string? FileOf(Pipeline.StreamId stream, int slot) =>
        Directory is null ? null : Path.Combine(Directory, $"{stream}-{slot}.ring");

    // A full memory volume would leave plain memory, where the disk keeps what a kill would take.
    private static RingPlacement WithRoom(RingPlacement place, string stateDirectory, long ringBytes) =>
        ringBytes == 0 || HasRoom(place.Directory!, RingHeader.Bytes + ringBytes) || !IsJournaledAndOwn(stateDirectory, isToBeMade: true)
            ? place
            : new RingPlacement(stateDirectory, $"{place.Directory} has no room for {ringBytes} bytes: on the disk, which can slow the callers when it is busy");

    private static bool HasRoom(string directory, long bytes)
    {
        try
        {
            return new DriveInfo(directory).AvailableFreeSpace >= bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Who cannot say is tried.
            return true;
        }
    }

    // A disk that does not answer is no place for a ring, and keeps no start waiting.
    private static bool IsJournaledAndOwn(string directory, bool isToBeMade = false)
    {
        // Who makes a ring makes its base directory as well, but not before it is known where the ring goes.
        var looking = DiskCall.Begin("ring", () => FileStatus.FileSystemOf(isToBeMade ? Present(directory) : directory) == FileSystemKind.Journaled && TryOwn(directory));
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
            return FileStatus.OwnerOf(directory) is not { } owner || owner == NativeFile.EffectiveUser();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
