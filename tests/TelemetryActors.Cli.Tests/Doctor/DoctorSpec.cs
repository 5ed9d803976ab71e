using System.Diagnostics;
using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Log;
using TelemetryActors.Pipeline;
using TelemetryActors.Storage;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Doctor;

public sealed class DoctorSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();
    private readonly FaultyFileSystem _files = new(DiskFileSystem.Instance);

    public DoctorSpec() =>
        _program.Record(client => Enumerable.Range(0, 20).ToList().ForEach(i => client.Record("step", ("n", i))));

    public void Dispose() => _program.Dispose();

    private ProgramResult Doctor(int exitCode)
    {
        var result = _program.Run("doctor");
        Assert.True(result.ExitCode == exitCode, result.Output);
        return result;
    }

    private JsonElement Found() => JsonDocument.Parse(_program.Run("doctor", "--json").Output).RootElement;

    // The first of the day: a directory names its files in no order, and the next ones have a number in their names.
    private string LogFile => Directory.GetFiles(Path.Combine(_program.Base, "raw"), "*.ndjson").MinBy(path => path.Length)!;

    [Fact]
    [Trait("Feature", "S4.7")]
    public void Says_that_all_is_there_and_why_it_is_where_it_is()
    {
        _program.Record(client => client.Record("again"));

        var result = _program.Run("doctor", "--json");

        var found = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(0, result.ExitCode);
        Assert.True(found.GetProperty("sound").GetBoolean());
        Assert.Equal((_program.Base, "it was given"), (found.GetProperty("base").GetString(), found.GetProperty("base_reason").GetString()));
        Assert.NotEqual("", found.GetProperty("ring_reason").GetString());
        Assert.Equal(21, found.GetProperty("slots")[0].GetProperty("ordinal").GetInt64());
        Assert.Contains("sound: nothing is missing", _program.Run("doctor").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("state/sinks/jsonl.json")]
    [Trait("Feature", "S1.1")]
    public void Says_that_a_disk_does_not_answer_instead_of_hanging_with_it(string file)
    {
        var path = Path.Combine(_program.Base, file);
        File.Delete(path);
        using (var making = Process.Start("mkfifo", path))
        {
            Assert.Equal(0, ProcessEnd.WaitFor(making));
        }

        var result = Doctor(1);

        File.Delete(path);
        Assert.Contains($"fault: {_program.Base} does not answer", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S4.7")]
    public void Says_that_a_sink_has_counted_more_than_its_slot_holds()
    {
        var end = LogRecovery.Recover(new LogFolder(DiskFileSystem.Instance, _program.Base, null, slot: 1)).End;
        var ahead = end with { Position = end.Position + 1000, Ordinal = end.Ordinal + 7 };
        new SinkStateFile(DiskFileSystem.Instance, _program.Base, "http").Save(
            SinkState.Fresh with { Accounts = [new SinkAccount { Slot = 1, Cursor = ahead, Tail = ahead, Delivered = ahead.Ordinal }] });

        var result = Doctor(1);

        Assert.Contains($"fault: http, slot 1: its cursor counts {ahead.Ordinal} events, and the slot's log ends at {end.Ordinal}: 7 events", result.Output, StringComparison.Ordinal);
        Assert.Single(Found().GetProperty("faults").EnumerateArray());
    }

    [Fact]
    public void Names_the_file_and_the_place_of_a_line_that_is_missing()
    {
        var lines = File.ReadAllLines(LogFile).ToList();
        lines.RemoveAt(10);
        File.WriteAllLines(LogFile, lines);

        var result = _program.Run("doctor");

        Assert.Equal(1, result.ExitCode);
        Assert.Matches($@"fault: {LogFile} at offset \d+: 1 ids of \w+ before 11 are missing", result.Output);
        Assert.Contains("1 events behind it are missing", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S0.32")]
    public void A_file_that_somebody_deleted_is_told_and_is_no_fault()
    {
        File.Delete(LogFile);
        Assert.Contains("20 events behind position 0 of slot 1 are gone with a file that was deleted", Doctor(0).Output, StringComparison.Ordinal);

        _program.Record(client => client.Record("after"));

        var result = Doctor(0);
        Assert.Contains("note: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("the 20 events before it are in no file here: deleted, or recorded while log.file named another", result.Output, StringComparison.Ordinal);
        Assert.Equal(20, Found().GetProperty("sinks")[0].GetProperty("dropped").GetProperty("missing").GetInt64());
    }

    [Fact]
    [Trait("Feature", "S0.32")]
    public void A_file_in_the_middle_that_somebody_deleted_is_told_and_is_no_fault()
    {
        for (var file = 0; file < 3; file++)
        {
            _program.Record(client => Fill(client, 40), options => options.Log.MaxFileBytes = 64 * 1024);
        }

        File.Delete(Directory.GetFiles(Path.GetDirectoryName(LogFile)!, "*.001.ndjson")[0]);

        Assert.Contains("40 events before it are gone with a file that was deleted", Doctor(0).Output, StringComparison.Ordinal);
        _program.Record(client => client.Record("fourth"));
        Assert.Contains("40 events before it are gone with a file that was deleted", Doctor(0).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Feature", "S1.18")]
    public void What_was_overwritten_while_the_log_could_not_be_written_is_told_with_its_reason(bool bySameProcess)
    {
        var raw = Path.GetDirectoryName(LogFile)!;
        _program.Record(client =>
        {
            _files.IsFull = true;
            var ring = client.Pipeline.Slot.Ring;
            Eventually.True(() => Overrun(client, ring.Floor > ring.Head), () => ring.Floor);
            if (bySameProcess)
            {
                _files.IsFull = false;
                client.Record("kept");
                Eventually.True(() => client.FlushAsync().AsTask().GetAwaiter().GetResult().IsDurable, () => client.Sinks[0].Circuit);
            }
        }, options =>
        {
            options.Files = _files;

            // A disk that takes nothing is waited for as long as an end may take.
            options.ShutdownBudget = TimeSpan.FromSeconds(5);
        });
        _files.IsFull = false;
        _program.Record(client => client.Record("next"));

        var result = Doctor(0);

        Assert.Matches("note: \\d+ events before .* were overwritten in the ring while the log could not be written", result.Output);
        var found = Found();
        var account = found.GetProperty("sinks")[0];
        var overwritten = account.GetProperty("dropped").GetProperty("overwritten").GetInt64();
        Assert.True(overwritten > 0);
        Assert.Equal(account.GetProperty("accepted").GetInt64(), account.GetProperty("delivered").GetInt64() + overwritten);
        var inFiles = Directory.GetFiles(raw, "*.ndjson").Sum(file => File.ReadLines(file).Count(line => !line.Contains("\"log_anchor\"", StringComparison.Ordinal)));
        Assert.Equal(inFiles, account.GetProperty("delivered").GetInt64());
        Assert.Equal(inFiles, found.GetProperty("slots")[0].GetProperty("events").GetInt64());
    }

    [Fact]
    public void Notices_accounts_that_do_not_balance_cursors_that_count_otherwise_and_dead_letters_that_are_gone()
    {
        var stretch = Browsing.SlotLog.All(DiskFileSystem.Instance, _program.Base)[0].Files.Index.Last!;
        var second = stretch.Start.Position + File.ReadAllLines(LogFile)[1].Length + 1;
        var cursor = new Cursor(stretch.Start.Stream, second, 3);
        new SinkStateFile(DiskFileSystem.Instance, _program.Base, "s3").Save(new SinkState
        {
            Accounts = [new SinkAccount { Slot = 1, Cursor = cursor, Tail = cursor, Delivered = 1, DeadLettered = 1 }],
        });

        var result = _program.Run("doctor");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("s3, slot 1: accepted 20 is not delivered 1", result.Output, StringComparison.Ordinal);
        Assert.Contains($"its cursor at position {second} counts 3 events, {LogFile} counts 1", result.Output, StringComparison.Ordinal);
        Assert.Contains("holds 0 dead letters, 1 were counted", result.Output, StringComparison.Ordinal);
    }

    // Bytes of three lines, from the middle of the sixth to the middle of the eighth, are written over.
    private (long Offset, long Bytes) DamageLines()
    {
        var bytes = File.ReadAllBytes(LogFile);
        var feeds = Enumerable.Range(0, bytes.Length).Where(at => bytes[at] == '\n').ToList();
        bytes.AsSpan((feeds[5] + 10)..(feeds[7] + 10)).Fill((byte)'#');
        using var file = new FileStream(LogFile, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Write(bytes);
        return (feeds[5] + 1, feeds[8] - feeds[5]);
    }

    private static long Dropped(JsonElement sink, string reason) => sink.GetProperty("dropped").TryGetProperty(reason, out var events) ? events.GetInt64() : 0;

    private static (long Accepted, long Delivered, long Pending, long Missing) Row(JsonElement sink) => (
        sink.GetProperty("accepted").GetInt64(), sink.GetProperty("delivered").GetInt64(), sink.GetProperty("pending").GetInt64(), Dropped(sink, "missing"));

    [Fact]
    [Trait("Feature", "S4.18")]
    [Trait("Feature", "SK.9")]
    public void Lines_that_were_written_over_are_named_once_and_their_events_are_dropped_for_the_log_and_for_every_sink_that_has_not_read_them()
    {
        var end = Browsing.SlotLog.All(DiskFileSystem.Instance, _program.Base)[0].End;
        foreach (var (name, cursor) in new[] { ("behind", end with { Position = 0, Ordinal = 0 }), ("even", end) })
        {
            new SinkStateFile(DiskFileSystem.Instance, _program.Base, name).Save(new SinkState
            {
                Accounts = [new SinkAccount { Slot = 1, Cursor = cursor, Tail = end, Delivered = cursor.Ordinal }],
            });
        }

        var (offset, bytes) = DamageLines();
        var before = Found();
        var text = Doctor(1).Lines;
        _program.Record(client => client.Record("next"));
        var after = Found();

        var fault = $"{LogFile} at offset {offset}: 1 lines ({bytes} bytes) from there on are no events; 3 events that stood there are lost for good, and counted as missing";
        Assert.Equal(fault, Assert.Single(before.GetProperty("faults").EnumerateArray().ToList()).GetString());
        Assert.Equal([(20, 17, 0, 3), (20, 0, 17, 3), (20, 20, 0, 0)], before.GetProperty("sinks").EnumerateArray().Select(Row));
        Assert.Equal(17, before.GetProperty("slots")[0].GetProperty("events").GetInt64());
        Assert.Contains("fault: " + fault, text);
        Assert.Equal(fault, Assert.Single(after.GetProperty("faults").EnumerateArray().ToList()).GetString());
        Assert.Equal([(21, 18, 0, 3), (21, 0, 18, 3), (21, 20, 1, 0)], after.GetProperty("sinks").EnumerateArray().Select(Row));
    }

    [Fact]
    [Trait("Feature", "SK.9")]
    public void Sinks_says_that_it_has_not_read_the_lines_that_were_written_over()
    {
        DamageLines();

        var counted = TelemetryProgram.Json(_program.Run("sinks", "--json"))[0];
        var listed = _program.Run("sinks").Lines;

        Assert.Equal((20, 20, 0, 0), Row(counted));
        Assert.EndsWith("counted by: telemetry doctor", listed[^1], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S4.18")]
    public void Lines_that_were_written_over_are_told_by_their_ids_once_the_state_that_counted_them_is_gone()
    {
        var (offset, _) = DamageLines();
        File.Delete(Path.Combine(_program.Base, "state", "sinks", "jsonl.json"));

        var found = Found();

        Assert.Equal(1, found.GetProperty("faults").GetArrayLength());
        Assert.StartsWith($"{LogFile} at offset {offset}: 1 lines", found.GetProperty("faults")[0].GetString(), StringComparison.Ordinal);
        Assert.EndsWith("3 events that stood there are lost for good, as their ids say: 1 are counted as missing, and nothing that counts the others is left", found.GetProperty("faults")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal((18, 17, 0, 1), Row(found.GetProperty("sinks")[0]));
    }

    [Fact]
    [Trait("Feature", "S4.18")]
    public void A_first_line_of_a_process_that_was_written_over_in_a_running_file_is_one_fault()
    {
        _program.Record(client => Enumerable.Range(0, 3).ToList().ForEach(i => client.Record("again", ("n", i))));
        var bytes = File.ReadAllBytes(LogFile);
        var feeds = Enumerable.Range(0, bytes.Length).Where(at => bytes[at] == '\n').ToList();
        bytes.AsSpan((feeds[^4] + 1)..feeds[^3]).Fill((byte)'#');
        File.WriteAllBytes(LogFile, bytes);

        var faults = Found().GetProperty("faults").EnumerateArray().Select(fault => fault.GetString()).ToList();

        Assert.EndsWith("1 events that stood there are lost for good, and counted as missing", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S4.18")]
    public void Lines_that_somebody_added_under_way_are_named_and_no_fault()
    {
        _program.Record(client =>
        {
            Assert.True(client.FlushAsync().AsTask().GetAwaiter().GetResult().IsDurable);
            File.AppendAllText(LogFile, "not of ours\nnor this\n");
            client.Record("behind");
        });

        var result = Doctor(0);

        Assert.Matches($"note: {LogFile} at offset \\d+: 2 lines \\(21 bytes\\) from there on are no events; nothing was lost with them", result.Output);
        Assert.Equal((21, 21, 0, 0), Row(Found().GetProperty("sinks")[0]));
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void A_note_of_untracked_events_that_cannot_be_read_is_named()
    {
        var note = Path.Combine(_program.Base, "state", "untracked-s1.ndjson");
        File.WriteAllText(note, "{half\n");

        Assert.Contains($"fault: {note} has a line that cannot be read: {{half; what the slot recorded is not uploaded", Doctor(1).Output, StringComparison.Ordinal);
    }

    private static bool Overrun(TelemetryClient client, bool isOverrun)
    {
        Fill(client, isOverrun ? 0 : 100);
        return isOverrun;
    }

    private static void Fill(TelemetryClient client, int events)
    {
        for (var count = 0; count < events; count++)
        {
            client.Record("fill", ("filler", new string('x', 1000)));
        }
    }

    [Fact]
    public void What_was_written_twice_counts_once()
    {
        _program.Record(client =>
        {
            _files.FailSync(1);
            Enumerable.Range(0, 50).ToList().ForEach(i => client.Record("twice", ("n", i)));
            Eventually.True(() => client.FlushAsync().AsTask().GetAwaiter().GetResult().IsDurable, () => _files.Syncs);
        }, options => options.Files = _files);

        var found = Found();
        Assert.Equal(70, found.GetProperty("slots")[0].GetProperty("events").GetInt64());
        Assert.Equal(70, found.GetProperty("sinks")[0].GetProperty("delivered").GetInt64());
        Assert.True(found.GetProperty("sound").GetBoolean());
    }

    [Fact]
    public void A_configuration_that_cannot_be_read_is_named()
    {
        File.WriteAllText(Path.Combine(_program.Base, "config.json"), "{ \"enabled\": ");

        Assert.Matches("fault: .*config.json cannot be read", Doctor(1).Output);
    }

    [Fact]
    [Trait("Feature", "S0.27")]
    public void The_log_in_a_file_of_its_own_is_looked_at_where_the_settings_say_beside_what_came_before()
    {
        File.WriteAllText(Path.Combine(_program.Base, "config.json"), """{"log":{"file":"own/telemetry.ndjson"}}""");
        _program.Record(client => client.Record("there"));

        Assert.Equal(21, Found().GetProperty("slots")[0].GetProperty("events").GetInt64());
    }

    [FactNeeding("unshare")]
    public void A_base_directory_that_cannot_be_written_is_named()
    {
        var script = $"mount --bind {_program.Base} {_program.Base} && mount -o remount,ro,bind {_program.Base} && exec dotnet {TelemetryProgram.Assembly} --base {_program.Base} doctor";
        var start = new System.Diagnostics.ProcessStartInfo("unshare", ["-m", "sh", "-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = System.Diagnostics.Process.Start(start)!;

        var result = TelemetryProgram.Finish(process);

        Assert.Equal(1, result.ExitCode);
        Assert.Matches($"fault: {_program.Base} cannot be written: .*Read-only", result.Output);
    }

    [Fact]
    public void Tells_the_owners_of_the_slots()
    {
        _program.Record(client =>
        {
            client.Record("alive");

            Assert.Contains($"process {Environment.ProcessId}", _program.Run("doctor").Output, StringComparison.Ordinal);
        });
    }
}
