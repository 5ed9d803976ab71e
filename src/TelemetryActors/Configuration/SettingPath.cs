namespace TelemetryActors.Configuration;

/// <summary>The names of settings, which are written differently in every place they come from.</summary>
internal static class SettingPath
{
    /// <summary>One form of <c>Log:FsyncInterval</c>, <c>Log__FsyncInterval</c>, <c>log.fsync_interval</c> and <c>log.fsyncInterval</c>.</summary>
    public static string Normalize(string name) => name
        .Replace("__", ".", StringComparison.Ordinal)
        .Replace(':', '.')
        .Replace("_", "", StringComparison.Ordinal)
        .Replace("-", "", StringComparison.Ordinal)
        .ToLowerInvariant();
}
