using TelemetryActors.Log;

namespace TelemetryActors.Processes;

/// <summary>A base directory and a ring directory for real processes, gone with the spec.</summary>
internal sealed class ProcessFolder : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("processes-");

    public ProcessFolder() => Rings = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : _root.FullName, _root.Name)).FullName;

    public string Base => Path.Combine(_root.FullName, "base");

    public string State => Path.Combine(Base, "state");

    public string Rings { get; }

    public static bool IsLong => Environment.GetEnvironmentVariable("TELEMETRY_LONG") == "1";

    public WriterProcess Write(string name, int producers, long events = 0, params IEnumerable<string> before) => new(Base, Rings, name, producers, events, before);

    /// <summary>A start that brings what dead writers left to the log, and ends.</summary>
    public void StartAndEnd(string name)
    {
        using var writer = Write(name, 1, 1);
        writer.WaitForExit();
    }

    /// <summary>The log files of one writer slot.</summary>
    public IReadOnlyList<(string Name, string Text)> Logs(int slot) =>
    [
        .. Directory.GetFiles(Path.Combine(Base, "raw"), "*.ndjson")
            .Where(path => LogFileName.TryParse(Path.GetFileName(path), null)?.Slot == slot)
            .Select(path => (path, File.ReadAllText(path))),
    ];

    public string[] LeftBehind() =>
    [
        .. Directory.GetFiles(Rings, "*", SearchOption.AllDirectories),
        .. Directory.GetFiles(Path.Combine(Base, "state"), "slot-*.lock"),
        .. Directory.GetFiles(Base, "*.tmp", SearchOption.AllDirectories),
    ];

    public void Dispose()
    {
        _root.Delete(recursive: true);
        if (Directory.Exists(Rings))
        {
            Directory.Delete(Rings, recursive: true);
        }
    }
}
