using System.Collections.Concurrent;
using System.Text.Json;
using TelemetryActors.Events;
using TelemetryActors.Privacy;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Recording;

public sealed class FileRecorderSpec : IDisposable
{
    private readonly RecordDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    [Trait("Feature", "S0.2")]
    [Trait("Feature", "S0.4")]
    [Trait("Feature", "S0.5")]
    [Trait("Feature", "S0.6")]
    [Trait("Feature", "S0.7")]
    [Trait("Feature", "S0.8")]
    [Trait("Feature", "D.5")]
    public void Writes_the_three_lines_of_the_document_byte_for_byte()
    {
        var recorder = _directory.Recorder();

        recorder.RecordFields(StandardEvents.RuntimeStart, null);
        _directory.Clock.Now += TimeSpan.FromSeconds(1);
        recorder.RecordFields(StandardEvents.ServiceStart, new Dictionary<string, object?> { ["service_id"] = "api" });
        _directory.Clock.Now += TimeSpan.FromSeconds(4);
        recorder.RecordFields(StandardEvents.ServiceReady, new Dictionary<string, object?> { ["service_id"] = "api" });

        Assert.Equal(
            """
            {"ts":"2024-01-15T10:30:00Z","event":"runtime_start","details":{}}
            {"ts":"2024-01-15T10:30:01Z","event":"service_start","details":{"service_id":"api"}}
            {"ts":"2024-01-15T10:30:05Z","event":"service_ready","details":{"service_id":"api"}}

            """,
            _directory.Text);
    }

    [Fact]
    [Trait("Feature", "S0.6")]
    public void A_fraction_of_a_second_is_written_when_there_is_one_and_another_zone_becomes_UTC()
    {
        _directory.Clock.Now = new DateTimeOffset(2024, 1, 15, 12, 30, 0, 250, TimeSpan.FromHours(2));

        _directory.Recorder().RecordFields("tick");

        Assert.Equal("""{"ts":"2024-01-15T10:30:00.25Z","event":"tick","details":{}}""", _directory.Lines.Single());
    }

    [Fact]
    [Trait("Feature", "S0.26")]
    public void Any_other_name_is_as_good()
    {
        var result = _directory.Recorder().RecordFields("käse \"x\"\n");

        Assert.True(result.IsAccepted);
        Assert.Equal("käse \"x\"\n", TelemetryRecord.Parse(_directory.Lines.Single()).Event);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(null)]
    [Trait("Feature", "S0.3")]
    public void An_event_without_a_name_is_refused_and_makes_no_file(string? name)
    {
        var result = _directory.Recorder().RecordFields(name!);

        Assert.Equal(RecordResult.Refused(DropReason.Invalid, "the event has no name"), result);
        Assert.False(File.Exists(_directory.File));
    }

    [Fact]
    [Trait("Feature", "S0.32")]
    public void A_deleted_file_is_made_again_with_its_directories()
    {
        var recorder = _directory.Recorder();
        recorder.RecordFields("before");

        Directory.Delete(Path.GetDirectoryName(_directory.File)!, recursive: true);
        var result = recorder.RecordFields("after");

        Assert.True(result.IsAccepted);
        Assert.Equal("after", TelemetryRecord.Parse(_directory.Lines.Single()).Event);
    }

    [Fact]
    [Trait("Feature", "S0.32")]
    public void A_file_that_was_moved_away_is_left_alone()
    {
        var recorder = _directory.Recorder();
        recorder.RecordFields("before");

        var moved = Path.Combine(_directory.Root, "kept.jsonl");
        File.Move(_directory.File, moved);
        recorder.RecordFields("after");

        Assert.Contains("before", File.ReadAllText(moved), StringComparison.Ordinal);
        Assert.Equal("after", TelemetryRecord.Parse(_directory.Lines.Single()).Event);
    }

    [Fact]
    [Trait("Feature", "S0.27")]
    public void Goes_on_behind_what_an_earlier_process_left()
    {
        _directory.Recorder().RecordFields("first");

        _directory.Recorder().RecordFields("second");

        Assert.Equal(["first", "second"], _directory.Lines.Select(line => TelemetryRecord.Parse(line).Event));
    }

    [Fact]
    [Trait("Feature", "S0.30")]
    public void Nothing_is_written_that_was_not_given()
    {
        _directory.Recorder().RecordFields("service_exit", new Dictionary<string, object?> { ["service_id"] = "api" });

        using var line = JsonDocument.Parse(_directory.Lines.Single());

        Assert.Equal(["ts", "event", "details"], line.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["service_id"], line.RootElement.GetProperty("details").EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    [Trait("Feature", "S0.33")]
    public void Depends_on_a_clock_and_a_file_system_alone()
    {
        var files = new FaultyFileSystem(DiskFileSystem.Instance) { IsFull = true };
        var recorder = new FileRecorder(_directory.File, _directory.Clock, files);

        var asked = typeof(FileRecorder).GetConstructors().Single().GetParameters().Select(parameter => parameter.ParameterType);

        Assert.Equal([typeof(string), typeof(TimeProvider), typeof(IFileSystem), typeof(RedactionOptions)], asked);
        Assert.False(recorder.RecordFields("nowhere").IsAccepted);
        Assert.False(File.Exists(_directory.File));
    }

    [Fact]
    [Trait("Feature", "S0.32")]
    public void A_link_whose_file_is_not_there_gets_one_with_its_directories_and_gets_it_again()
    {
        var link = Path.Combine(_directory.Root, "current.jsonl");
        File.CreateSymbolicLink(link, Path.Combine("runtime", Path.GetFileName(_directory.File)));
        var recorder = new FileRecorder(link, _directory.Clock, DiskFileSystem.Instance);

        var first = recorder.RecordFields("first");
        File.Delete(_directory.File);
        var second = recorder.RecordFields("second");

        Assert.Equal((RecordResult.Accepted, RecordResult.Accepted), (first, second));
        Assert.Equal("second", TelemetryRecord.Parse(_directory.Lines.Single()).Event);
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    [Trait("Feature", "S0.3")]
    public void A_link_to_itself_is_a_refusal_that_says_so()
    {
        var link = Path.Combine(_directory.Root, "loop.jsonl");
        File.CreateSymbolicLink(link, link);

        var result = new FileRecorder(link, _directory.Clock, DiskFileSystem.Instance).RecordFields("work");

        Assert.Equal(DropReason.WriteFailed, result.Reason);
        Assert.Contains("symbolic links", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S0.3")]
    [Trait("Feature", "S0.8")]
    public void A_record_that_is_longer_than_a_line_may_be_is_refused_and_what_has_no_end_too()
    {
        static IEnumerable<int> Endless()
        {
            for (var number = 0; ; number++)
            {
                yield return number;
            }
        }

        var pairs = Endless().Select(number => new KeyValuePair<string, object?>("password", number));
        object[] values = [new string('x', 65_536), new string('x', 10_000_000), new byte[65_536], Endless(), pairs, Endless().Select(_ => Endless()), Enumerable.Repeat(new string('"', 1000), 40)];

        var results = values.Select(value => _directory.Recorder().RecordFields("wide", new Dictionary<string, object?> { ["v"] = value })).ToList();

        Assert.All(results, result => Assert.Equal(RecordResult.Refused(DropReason.Invalid, "the record is longer than 65536 bytes"), result));
        Assert.False(File.Exists(_directory.File));
    }

    [Theory]
    [InlineData(65_536, true)]
    [InlineData(65_537, false)]
    [Trait("Feature", "S0.8")]
    public void A_line_has_64_KiB_with_its_line_feed(int bytes, bool isAccepted)
    {
        const int BesideTheText = 61;

        var result = _directory.Recorder().RecordFields("e", new Dictionary<string, object?> { ["v"] = new string('x', bytes - BesideTheText) });

        Assert.Equal(isAccepted, result.IsAccepted);
        Assert.Equal(isAccepted ? bytes : 0, File.Exists(_directory.File) ? new FileInfo(_directory.File).Length : 0);
    }

    [Fact]
    [Trait("Feature", "S0.33")]
    public void Recorders_of_one_file_under_two_names_write_over_no_line()
    {
        const int PerThread = 500;
        Directory.CreateDirectory(Path.GetDirectoryName(_directory.File)!);
        Directory.CreateSymbolicLink(Path.Combine(_directory.Root, "current"), Path.GetDirectoryName(_directory.File)!);
        IRecorder[] recorders = [_directory.Recorder(), new FileRecorder(Path.Combine(_directory.Root, "current", Path.GetFileName(_directory.File)), _directory.Clock, DiskFileSystem.Instance)];
        var accepted = 0;

        var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                if (recorders[number % 2].RecordFields("e", new Dictionary<string, object?> { ["n"] = i, ["pad"] = new string('x', i % 97) }).IsAccepted)
                {
                    Interlocked.Increment(ref accepted);
                }
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal((4 * PerThread, 4 * PerThread), (accepted, _directory.Lines.Select(TelemetryRecord.Parse).Count()));
    }

    [Fact]
    [Trait("Feature", "S0.33")]
    public void Two_recorders_and_eight_threads_on_one_file_tear_no_line()
    {
        const int PerThread = 250;
        IRecorder[] recorders = [_directory.Recorder(), _directory.Recorder()];
        var refused = new ConcurrentBag<RecordResult>();

        var threads = Enumerable.Range(0, 8).Select(number => new Thread(() =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                var details = new Dictionary<string, object?> { ["n"] = i, ["pad"] = new string('x', i % 97) };
                var result = recorders[number % 2].RecordFields($"thread{number}", details);
                if (!result.IsAccepted)
                {
                    refused.Add(result);
                }
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Empty(refused);
        var byThread = _directory.Lines.Select(TelemetryRecord.Parse).ToLookup(record => record.Event, record => (int)(long)record.Details["n"]!);
        Assert.Equal(8, byThread.Count);
        Assert.All(byThread, numbers => Assert.Equal(Enumerable.Range(0, PerThread), numbers));
    }
}
