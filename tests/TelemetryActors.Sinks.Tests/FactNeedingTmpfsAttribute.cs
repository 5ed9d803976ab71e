using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace TelemetryActors;

/// <summary>A fact that mounts a small file system: reported as skipped, with the reason, where that is not allowed; with <c>REQUIRE_SERVERS=1</c> it runs and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactNeedingTmpfsAttribute : FactAttribute
{
    private static readonly Lazy<string?> Refusal = new(Try);

    public FactNeedingTmpfsAttribute()
    {
        if (Refusal.Value is { } refusal && Environment.GetEnvironmentVariable("REQUIRE_SERVERS") != "1")
        {
            Skip = "nothing can be mounted here: " + refusal;
        }
    }

    /// <summary>Mounts an empty file system in memory.</summary>
    /// <returns>Why not; null when it is mounted.</returns>
    public static string? Mount(string directory, string size) => Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", directory);

    /// <summary>Takes it away again.</summary>
    /// <returns>Why not; null when it is gone.</returns>
    public static string? Unmount(string directory) => Run("umount", directory);

    private static string? Try()
    {
        var directory = Directory.CreateTempSubdirectory("mount-").FullName;
        try
        {
            return Mount(directory, "64k") ?? Unmount(directory);
        }
        finally
        {
            Directory.Delete(directory);
        }
    }

    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{said.Trim()} ({process.ExitCode})";
        }
        catch (Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
