using TelemetryActors.Storage;

namespace TelemetryActors.Recording;

/// <summary>A temporary directory with a recorder's file in it, gone with the spec.</summary>
internal sealed class RecordDirectory : IDisposable
{
    public static readonly DateTimeOffset Morning = new(2024, 1, 15, 10, 30, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("recording-");

    public FixedClock Clock { get; } = new(Morning);

    public string Root => _root.FullName;

    public string File => Path.Combine(Root, "runtime", "telemetry.jsonl");

    public string Text => System.IO.File.ReadAllText(File);

    public string[] Lines => System.IO.File.ReadAllLines(File);

    public IRecorder Recorder(IFileSystem? files = null) => new FileRecorder(File, Clock, files ?? DiskFileSystem.Instance);

    public void Dispose() => _root.Delete(recursive: true);
}
