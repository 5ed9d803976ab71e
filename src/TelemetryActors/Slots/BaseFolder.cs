using TelemetryActors.Configuration;
using TelemetryActors.Storage;

namespace TelemetryActors.Slots;

/// <summary>The directory that holds everything the product keeps, and why it is this one (S4.7).</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Reason">In words, for <c>telemetry doctor</c>.</param>
public sealed record BaseFolder(string Path, string Reason)
{
    private const string Probe = ".write-probe-";

    /// <summary>The environment variable that names it.</summary>
    public const string Variable = "TELEMETRY_BASE_DIR";

    /// <summary>The environment variables that can name it, the one that wins first; the second is an older name (U.4).</summary>
    internal static IReadOnlyList<string> Variables { get; } = [Variable, "AGENT_METRICS_DIR"];

    /// <summary>Small state: cursors, locks, commands.</summary>
    public string State => System.IO.Path.Combine(Path, "state");

    /// <summary>One file a sink: its cursor and its counts.</summary>
    public string SinkStates => System.IO.Path.Combine(State, "sinks");

    /// <summary>One file a sink: what operators asked of it.</summary>
    public string Commands => System.IO.Path.Combine(State, "commands");

    /// <summary>One file a sink: events it refused for good.</summary>
    public string DeadLetters => System.IO.Path.Combine(Path, "dead");

    /// <summary>What <c>telemetry config set</c> writes.</summary>
    public string ConfigFile => System.IO.Path.Combine(Path, "config.json");

    /// <summary>Finds the base directory: the one given, else <see cref="Variable"/>, else the first of the platform's list that can be used.</summary>
    public static BaseFolder Find(string? given) => Find(given, EnvironmentSettings.OfProcess());

    internal static BaseFolder Find(string? given, IReadOnlyDictionary<string, string> variables)
    {
        if (Named(given, variables) is { } named)
        {
            return named;
        }

        foreach (var candidate in PlatformCandidates().Where(Directory.Exists).Where(CanWrite))
        {
            return new BaseFolder(candidate, "it exists, can be written and is on the platform's list");
        }

        return Home("the home directory's default");
    }

    /// <summary>The base directory that was given, or that a variable names; null when neither says. Touches no disk.</summary>
    internal static BaseFolder? Named(string? given, IReadOnlyDictionary<string, string> variables)
    {
        if (!string.IsNullOrWhiteSpace(given))
        {
            return new BaseFolder(AbsolutePath.Of(given), "it was given");
        }

        foreach (var variable in Variables)
        {
            if (variables.GetValueOrDefault(variable) is { Length: > 0 } named)
            {
                return new BaseFolder(AbsolutePath.Of(named), $"{variable} names it");
            }
        }

        return null;
    }

    /// <summary>The base directory where nothing else can be had.</summary>
    internal static BaseFolder Home(string reason)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 0
            ? new BaseFolder(System.IO.Path.Combine(home, ".telemetry"), reason)
            : new BaseFolder(System.IO.Path.Combine(System.IO.Path.GetTempPath(), "telemetry"), "there is no home directory: the temporary one");
    }

    private static string[] PlatformCandidates() => OperatingSystem.IsWindows()
        ? [@"D:\agent-metrics", @"C:\agent-metrics"]
        : ["/agent-metrics", "/opt/telemetry", "/data/telemetry"];

    private static bool CanWrite(string directory) => WriteFault(directory) is null;

    /// <summary>Why nothing can be written in a directory; null when it can.</summary>
    internal static string? WriteFault(string directory)
    {
        var probe = System.IO.Path.Combine(directory, Probe + Environment.ProcessId);
        try
        {
            foreach (var left in DiskFileSystem.Instance.List(directory).Where(name => name.StartsWith(Probe, StringComparison.Ordinal)))
            {
                // Of a process that was killed; one that lives notices nothing.
                DiskFileSystem.Instance.Delete(System.IO.Path.Combine(directory, left));
            }

            using var file = DiskFileSystem.Instance.Create(probe);
            try
            {
                file.Write(new byte[1], 0);
                return null;
            }
            finally
            {
                DiskFileSystem.Instance.Delete(probe);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
