using System.Diagnostics;
using TelemetryActors.Events;
using TelemetryActors.Processes;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Recording;

[Collection(ProcessCollection.Name)]
[Trait("Feature", "S0.3")]
[Trait("Feature", "S0.27")]
public sealed class StreamRecorderSpec : IDisposable
{
    private const string Line = """{"ts":"2024-01-15T10:30:00Z","event":"runtime_start","details":{}}""";

    private readonly RecordDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [FactNeeding("mkfifo")]
    public void A_pipe_that_somebody_reads_gets_the_lines_as_a_file_would()
    {
        var (pipe, recorder) = Pipe();
        using var reader = OpenReader(pipe);

        var results = new[] { recorder.RecordFields(StandardEvents.RuntimeStart), recorder.RecordFields(StandardEvents.RuntimeStart) };

        Assert.All(results, result => Assert.Equal(RecordResult.Accepted, result));
        Assert.Equal($"{Line}\n{Line}\n", Read(reader, (2 * Line.Length) + 2));
    }

    [FactNeeding("mkfifo")]
    public void A_pipe_that_nobody_reads_refuses_the_event_and_holds_nobody()
    {
        var (pipe, recorder) = Pipe();

        var result = recorder.RecordFields(StandardEvents.RuntimeStart);

        Assert.Equal(RecordResult.Refused(DropReason.WriteFailed, $"Nobody reads {pipe}."), result);
    }

    [FactNeeding("mkfifo")]
    public void A_line_that_a_full_pipe_took_a_part_of_spoils_no_other()
    {
        var (pipe, recorder) = Pipe();
        using var reader = OpenReader(pipe);
        var text = new System.Text.StringBuilder();
        var wide = new Dictionary<string, object?> { ["pad"] = new string('x', 50_000) };

        var first = recorder.RecordFields("first", wide);
        var second = recorder.RecordFields("second", wide);
        var reading = new Thread(() => ReadTo(reader, "third", text)) { IsBackground = true };
        reading.Start();
        Eventually.True(() => recorder.RecordFields("third").IsAccepted, () => text.Length);

        Assert.True(reading.Join(Eventually.DefaultBound));
        Assert.Equal((true, false), (first.IsAccepted, second.IsAccepted));
        Assert.Equal($"Whoever reads {pipe} takes nothing.", second.Detail);
        Assert.Equal(["first", "third"], text.ToString().Split('\n').Where(IsRecord).Select(line => TelemetryRecord.Parse(line).Event));
    }

    [Fact]
    public void A_standard_output_that_is_a_pipe_is_written_to()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "TelemetryActors.TestWriter.dll"), "record", "/dev/stdout"])
        {
            RedirectStandardOutput = true,
        })!;

        var written = process.StandardOutput.ReadToEnd().Split('\n');

        ProcessEnd.WaitFor(process);
        Assert.Equal(["recorded", "recorded", "Accepted", ""], written.Select(line => line.StartsWith('{') ? TelemetryRecord.Parse(line).Event : line));
    }

    [Theory]
    [InlineData(">")]
    [InlineData(">>")]
    public void A_standard_output_that_is_a_file_keeps_what_is_printed_beside_the_events(string redirection)
    {
        var output = Path.Combine(_directory.Root, "out.txt");
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", $"dotnet \"$1\" record /dev/stdout {redirection} \"$2\"", "sh", Path.Combine(AppContext.BaseDirectory, "TelemetryActors.TestWriter.dll"), output]))!;

        ProcessEnd.WaitFor(process);

        Assert.Equal(
            ["recorded", "recorded", "Accepted", ""],
            File.ReadAllText(output).Split('\n').Select(line => line.StartsWith('{') ? TelemetryRecord.Parse(line).Event : line));
    }

    [Fact]
    public void A_relative_file_in_a_working_directory_that_is_gone_is_a_refusal()
    {
        var gone = Directory.CreateDirectory(Path.Combine(_directory.Root, "gone")).FullName;
        string[] inIt = ["-c", "cd \"$0\" && rmdir \"$0\" && exec \"$@\"", gone, "dotnet", Path.Combine(AppContext.BaseDirectory, "TelemetryActors.TestWriter.dll"), "record", "events.ndjson"];
        using var process = Process.Start(new ProcessStartInfo("sh", inIt) { RedirectStandardOutput = true })!;

        var written = process.StandardOutput.ReadToEnd();

        ProcessEnd.WaitFor(process);
        Assert.Equal("Refused", written.TrimEnd());
    }

    [Fact]
    public void Devices_take_an_event_or_say_why_not()
    {
        var nowhere = new FileRecorder("/dev/null", _directory.Clock, DiskFileSystem.Instance).RecordFields("gone");
        var full = new FileRecorder("/dev/full", _directory.Clock, DiskFileSystem.Instance).RecordFields("none");

        Assert.Equal(RecordResult.Accepted, nowhere);
        Assert.Equal(RecordResult.Refused(DropReason.WriteFailed, "write to /dev/full failed: No space left on device"), full);
    }

    [Theory]
    [InlineData(typeof(NotSupportedException))]
    [InlineData(typeof(ArgumentException))]
    [InlineData(typeof(ObjectDisposedException))]
    public void Whatever_a_file_system_throws_is_a_result(Type thrown)
    {
        var recorder = new FileRecorder(_directory.File, _directory.Clock, new ThrowingFileSystem(() => (Exception)Activator.CreateInstance(thrown, "refused")!));

        var result = recorder.RecordFields("work");

        Assert.Equal(DropReason.WriteFailed, result.Reason);
        Assert.Contains("refused", result.Detail, StringComparison.Ordinal);
    }

    private (string Pipe, FileRecorder Recorder) Pipe()
    {
        var pipe = Path.Combine(_directory.Root, "pipe");
        using (var making = Process.Start("mkfifo", pipe))
        {
            ProcessEnd.WaitFor(making);
        }

        return (pipe, new FileRecorder(pipe, _directory.Clock, DiskFileSystem.Instance));
    }

    // For reading and writing: an open for reading alone waits for a writer.
    private static FileStream OpenReader(string pipe) => new(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);

    private static string Read(FileStream reader, int bytes)
    {
        var buffer = new byte[bytes];
        reader.ReadExactly(buffer);
        return System.Text.Encoding.UTF8.GetString(buffer);
    }

    private static bool IsRecord(string line) => TelemetryRecord.TryParse(System.Text.Encoding.UTF8.GetBytes(line), out _);

    // This reader could write as well, so the pipe has no end.
    private static void ReadTo(FileStream reader, string eventName, System.Text.StringBuilder text)
    {
        var buffer = new byte[4096];
        while (!text.ToString().Contains($"\"event\":\"{eventName}\",\"details\":{{}}}}\n", StringComparison.Ordinal))
        {
            text.Append(System.Text.Encoding.ASCII.GetString(buffer.AsSpan(0, reader.Read(buffer))));
        }
    }

    private sealed class ThrowingFileSystem(Func<Exception> thrown) : IFileSystem
    {
        public IStorageFile Create(string path, bool isPrivate = false) => throw thrown();

        public IStorageFile Open(string path, bool writable) => throw thrown();

        public FileIdentity? Identify(string path) => throw thrown();

        public IReadOnlyList<string> List(string directory) => throw thrown();

        public void CreateDirectory(string path) => throw thrown();

        public void Delete(string path) => throw thrown();

        public void Replace(string source, string target) => throw thrown();

        public void SyncDirectory(string path) => throw thrown();

        public IFileLock? TryLock(string path) => throw thrown();
    }
}
