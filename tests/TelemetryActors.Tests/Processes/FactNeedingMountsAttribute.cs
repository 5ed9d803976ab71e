using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Processes;

/// <summary>A fact that mounts file systems: reported as skipped where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactNeedingMountsAttribute : FactAttribute
{
    private static readonly Lazy<bool> CanMount = new(TryMount);

    public FactNeedingMountsAttribute()
    {
        if (!CanMount.Value && Environment.GetEnvironmentVariable("REQUIRE_SERVERS") != "1")
        {
            Skip = "nothing can be mounted here";
        }
    }

    private static bool TryMount()
    {
        var directory = Directory.CreateTempSubdirectory("mount-").FullName;
        try
        {
            using var mounted = Mount.Tmpfs(directory, "size=64k");
            return true;
        }
        catch (Exception exception) when (exception is IOException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
        finally
        {
            Directory.Delete(directory);
        }
    }
}
