using System.Reflection;
using System.Runtime.InteropServices;

namespace TelemetryActors.Sinks.Community;

/// <summary>Which program, in which version, on which platform wrote an event.</summary>
/// <param name="Name">The program.</param>
/// <param name="Version">Its version.</param>
/// <param name="Platform">Operating system and processor: <c>linux-x64</c>.</param>
internal sealed record AppIdentity(string Name, string Version, string Platform)
{
    private const int MaxLength = 64;
    private const string Unknown = "unknown";

    /// <summary>This program's, by its options or its entry assembly.</summary>
    public static AppIdentity Of(CommunityOptions options)
    {
        var entry = Assembly.GetEntryAssembly();
        return new AppIdentity(Short(options.AppName ?? entry?.GetName().Name), Short(options.AppVersion ?? VersionOf(entry)), ThisPlatform());
    }

    // The part behind the plus names a commit, not a version.
    private static string? VersionOf(Assembly? entry) =>
        entry?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? entry?.GetName().Version?.ToString();

    private static string Short(string? text) => text is not { Length: > 0 } ? Unknown : text.Length > MaxLength ? text[..MaxLength] : text;

    private static string ThisPlatform()
    {
        var system = OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "other";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
