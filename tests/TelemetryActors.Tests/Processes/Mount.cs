using System.Diagnostics;
using TelemetryActors.TestKit;

namespace TelemetryActors.Processes;

/// <summary>A small file system in memory, mounted over a directory until it is disposed.</summary>
internal sealed class Mount : IDisposable
{
    private readonly string _directory;

    private Mount(string directory) => _directory = directory;

    public static Mount Tmpfs(string directory, string options)
    {
        Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory);
        return new Mount(directory);
    }

    public void Remount(string options) => Run("mount", "-o", "remount," + options, _directory);

    // Whoever still has files open there goes on with them; the place is what it was before.
    public void Dispose() => Run("umount", "-l", _directory);

    private static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        ProcessEnd.WaitFor(process);
        if (process.ExitCode != 0)
        {
            throw new IOException($"{program} {string.Join(' ', arguments)}: {error}");
        }
    }
}
