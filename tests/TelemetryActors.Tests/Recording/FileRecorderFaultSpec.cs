using TelemetryActors.Events;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Recording;

[Trait("Feature", "S0.3")]
public sealed class FileRecorderFaultSpec : IDisposable
{
    private const string Torn = """{"ts":"2024-01-15T10:29:59Z","event":"lost","details":{"long":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""";

    private readonly RecordDirectory _directory = new();
    private readonly FaultyFileSystem _files = new(DiskFileSystem.Instance);

    public void Dispose() => _directory.Dispose();

    private IEnumerable<string> Recorded => _directory.Lines.Select(line => TelemetryRecord.Parse(line).Event);

    [Fact]
    public void A_full_disk_is_a_result_and_recording_goes_on_when_there_is_room()
    {
        var recorder = _directory.Recorder(_files);
        recorder.RecordFields("one");

        _files.FailWrite(1);
        var refused = recorder.RecordFields("two");
        var accepted = recorder.RecordFields("three");

        Assert.Equal(RecordResult.Refused(DropReason.WriteFailed, "No space left on device"), refused);
        Assert.True(accepted.IsAccepted);
        Assert.Equal(["one", "three"], Recorded);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(20)]
    [InlineData(90)]
    public void What_a_short_write_left_gives_way_to_the_next_line(int keptBytes)
    {
        var recorder = _directory.Recorder(_files);
        recorder.RecordFields("one");

        _files.FailWrite(1, keptBytes);
        recorder.RecordFields("two", new Dictionary<string, object?> { ["pad"] = new string('y', 100) });
        recorder.RecordFields("three");
        recorder.RecordFields("four");

        Assert.Equal(["one", "three", "four"], Recorded);
    }

    [Fact]
    public void A_whole_line_that_lacks_only_its_line_feed_is_kept()
    {
        var recorder = _directory.Recorder(_files);

        _files.FailWrite(1, keptBytes: """{"ts":"2024-01-15T10:30:00Z","event":"one","details":{}}""".Length);
        recorder.RecordFields("one");
        recorder.RecordFields("two");

        Assert.Equal(["one", "two"], Recorded);
    }

    [Fact]
    public void The_torn_line_of_a_dead_process_gives_way_too()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.File)!);
        File.WriteAllText(_directory.File, Torn);

        _directory.Recorder().RecordFields("next");

        Assert.Equal(["next"], Recorded);
        Assert.DoesNotContain("lost", _directory.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_someone_else_is_never_written_over()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.File)!);
        File.WriteAllText(_directory.File, "my own note");

        _directory.Recorder().RecordFields("next");

        Assert.StartsWith("my own note\n{\"ts\":", _directory.Text, StringComparison.Ordinal);
        Assert.Equal(2, _directory.Lines.Length);
    }

    [Fact]
    public void A_file_that_cannot_be_created_is_a_result()
    {
        var recorder = _directory.Recorder(_files);

        _files.MakeReadOnly(_directory.Root);
        var refused = recorder.RecordFields("one");
        _files.MakeWritable(_directory.Root);
        var accepted = recorder.RecordFields("two");

        Assert.Equal(DropReason.WriteFailed, refused.Reason);
        Assert.NotNull(refused.Detail);
        Assert.True(accepted.IsAccepted);
    }

    [Fact]
    public void A_directory_in_the_files_place_is_a_result()
    {
        Directory.CreateDirectory(_directory.File);

        var result = _directory.Recorder().RecordFields("one");

        Assert.Equal(DropReason.WriteFailed, result.Reason);
    }
}
