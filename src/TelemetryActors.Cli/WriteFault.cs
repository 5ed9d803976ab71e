using TelemetryActors.Slots;

namespace TelemetryActors.Cli;

/// <summary>Tells a lock that another process has from one that nobody can have: a lock alone does not say why it was not given.</summary>
internal static class WriteFault
{
    /// <summary>Why nothing can be written in a directory; null when it can.</summary>
    public static string? Of(string directory) =>
        BaseFolder.WriteFault(directory) is { } fault ? $"{directory} cannot be written: {fault}" : null;
}
