using TelemetryActors.Encoding;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;

namespace TelemetryActors.Browsing;

/// <summary>A base directory whose log files a spec writes line by line.</summary>
internal sealed class LogDirectory : IDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    public LogDirectory() => Directory.CreateDirectory(Path.Combine(Base, "raw"));

    public string Base { get; } = Directory.CreateTempSubdirectory("telemetry-browsing-").FullName;

    public static string Line(int second, string name, string more = "") =>
        $$"""{"ts":"{{InstantText.Format(Noon.AddSeconds(second))}}","event":"{{name}}","details":{}{{more}}}""" + "\n";

    public static string Anchor(long position, long ordinal = 0, ulong stream = 1) =>
        System.Text.Encoding.UTF8.GetString(LogAnchor.Encode(new Cursor(new StreamId(stream), position, ordinal), Noon));

    public void Append(string file, params string[] text) => File.AppendAllText(Path.Combine(Base, "raw", file), string.Concat(text));

    public LogSnapshot Snapshot() => LogSnapshot.Take(DiskFileSystem.Instance, Base);

    public EventLogBrowser Browser() => new(DiskFileSystem.Instance, Snapshot());

    public void Dispose() => Directory.Delete(Base, recursive: true);
}
