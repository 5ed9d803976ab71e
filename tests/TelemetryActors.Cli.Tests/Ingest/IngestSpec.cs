using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Ingest;

public sealed class IngestSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    [Trait("Feature", "S0.5")]
    [Trait("Feature", "S2.10")]
    [Trait("Feature", "S4.4")]
    public void Takes_all_shapes_with_their_times_runs_levels_and_ids()
    {
        var result = Feed(
            """{"ts":"2024-01-15T10:30:00Z","event":"a","details":{"n":1},"level":"warning","run_id":"r1","run_seq":3,"id":"z1"}""",
            """{"type":"click","timestamp":1705314600123,"data":{"x":1},"sessionId":"s1"}""",
            """{"run_id":"r1","event_type":"checkpoint","payload":{"step":1}}""",
            "",
            """{"event":"plain","ms":4}""");

        var shown = _program.Show();
        Assert.Equal((0, "4 accepted, 0 duplicates, 0 refused\n"), (result.ExitCode, result.Output));
        Assert.Equal(["a", "click", "checkpoint", "plain"], shown.Select(line => line.GetProperty("event").GetString()));
        Assert.Equal("2024-01-15T10:30:00.000000Z", shown[0].GetProperty("ts").GetString());
        Assert.Equal(("warning", "r1", 3, "z1"), (Text(shown[0], "level"), Text(shown[0], "run_id"), shown[0].GetProperty("run_seq").GetInt32(), Text(shown[0], "id")));
        Assert.Equal(4, shown[3].GetProperty("details").GetProperty("ms").GetInt32());
    }

    [Fact]
    [Trait("Feature", "S2.55")]
    public void Redacts_what_others_recorded()
    {
        Feed("""{"event":"login","details":{"email":"jane@example.com","note":"ask jane@example.com"}}""");

        var details = _program.Show()[0].GetProperty("details");
        Assert.Equal("[REDACTED]", Text(details, "email"));
        Assert.Equal("ask [REDACTED]", Text(details, "note"));
    }

    [Theory]
    [InlineData("nope", "is not one complete JSON value")]
    [InlineData("{\"name\":\"LCP\"}", "event is missing")]
    [InlineData("{\"event\":\"n\0\"}", "NUL bytes")]
    [InlineData("{\"event\":7}", "wrong kind")]
    [InlineData("{\"event\":\"log_anchor\",\"details\":{\"n\":1}}", "name of the log's own anchors")]
    [InlineData("{\"event\":\"a\",\"event\":\"b\"}", "stands twice")]
    public void A_line_that_is_no_event_is_kept_with_its_place_and_reason_and_the_rest_is_taken(string line, string reason)
    {
        var result = Feed("""{"event":"before"}""", line, """{"event":"after"}""");

        var kept = Assert.Single(Quarantined());
        Assert.Equal(3, result.ExitCode);
        Assert.Equal(["before", "after"], _program.Show().Select(shown => Text(shown, "event")));
        Assert.Equal((Input, 2, line), (Text(kept, "file"), kept.GetProperty("line").GetInt32(), Text(kept, "text")));
        Assert.Contains(reason, Text(kept, "reason"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S2.55")]
    public void What_is_refused_is_kept_redacted_for_its_owner_alone()
    {
        Feed("""{"event":"login","password":"hunter2","password":"x"}""", """{"event":"e","jane@example.com":1,"jane@example.com":2}""");

        var kept = Quarantined();
        var file = Assert.Single(Directory.GetFiles(Path.Combine(Raw, "quarantine")));
        Assert.Equal("""{"event":"login","password":"[REDACTED]","password":"[REDACTED]"}""", Text(kept[0], "text"));
        Assert.DoesNotContain("jane", File.ReadAllText(file), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void What_is_too_long_too_deep_or_not_UTF8_is_refused_too()
    {
        File.WriteAllBytes(Input,
        [
            .. "{\"event\":\""u8, 0xc3, .. "\"}\n"u8,
            .. System.Text.Encoding.UTF8.GetBytes($"{{\"event\":\"{new string('x', 70_000)}\"}}\n"),
            .. System.Text.Encoding.UTF8.GetBytes($"{{\"event\":\"e\",\"details\":{{\"v\":{new string('[', 70)}{new string(']', 70)}}}}}\n"),
        ]);

        var result = _program.Run("ingest", "--json", Input);

        var kept = Quarantined();
        Assert.Equal((3, 3), (result.ExitCode, JsonDocument.Parse(result.Output).RootElement.GetProperty("refused").GetInt32()));
        Assert.Equal([.. "{\"event\":\""u8, 0xc3, .. "\"}"u8], kept[0].GetProperty("base64").GetBytesFromBase64());
        Assert.Equal(70_012, Text(kept[1], "text")!.Length);
        Assert.False(kept[1].TryGetProperty("cut", out _));
        Assert.Contains("longer than 65536 bytes: 70012", Text(kept[1], "reason"), StringComparison.Ordinal);
        Assert.Contains("deeper than 64", Text(kept[2], "reason"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S0.8")]
    public void A_line_that_the_log_could_not_hold_whole_is_refused_and_taken_once_the_ring_is_larger()
    {
        var wide = $$$"""{"event":"wide","details":{"big":"{{{new string('x', 20_000)}}}","tail":1}}""";
        _program.Run("config", "set", "ringBytes", "128KiB");
        var refused = Feed(wide, """{"event":"small"}""");
        _program.Run("config", "set", "ringBytes", "1MiB");

        var again = Feed(wide, """{"event":"small"}""");

        Assert.Equal(3, refused.ExitCode);
        Assert.StartsWith("1 accepted, 0 duplicates, 1 refused", refused.Output, StringComparison.Ordinal);
        Assert.Equal((wide, "as an event of the log the line is longer than 16384 bytes"), (Text(Assert.Single(Quarantined()), "text"), Text(Quarantined()[0], "reason")));
        Assert.Equal((0, "1 accepted, 1 duplicates, 0 refused\n"), (again.ExitCode, again.Output));
        Assert.Equal(1, _program.Show().Single(line => Text(line, "event") == "wide").GetProperty("details").GetProperty("tail").GetInt32());
    }

    [Fact]
    [Trait("Feature", "S0.8")]
    public void A_line_within_the_limit_that_its_envelope_makes_too_long_is_refused_whole()
    {
        var result = Feed($$$"""{"event":"wide","details":{"big":"{{{new string('x', 65_440)}}}","b":2}}""");

        Assert.Equal(3, result.ExitCode);
        Assert.Equal("as an event of the log the line is longer than 65536 bytes", Text(Assert.Single(Quarantined()), "reason"));
        Assert.Empty(_program.Show());
    }

    [Fact]
    public void A_line_beyond_4_MiB_is_kept_as_far_as_that_and_marked()
    {
        Feed($$"""{"event":"{{new string('x', 5 * 1024 * 1024)}}"}""", """{"event":"after"}""");

        var kept = Assert.Single(Quarantined());
        Assert.True(kept.GetProperty("cut").GetBoolean());
        Assert.Equal(4 * 1024 * 1024, Text(kept, "text")!.Length);
        Assert.Equal("after", Text(Assert.Single(_program.Show()), "event"));
    }

    [Fact]
    public void The_same_file_again_adds_nothing_and_a_file_that_grew_only_what_is_new()
    {
        string[] lines = ["""{"event":"a"}""", """{"event":"a"}""", """{"event":"b","id":"own"}"""];
        Feed(lines);

        var again = Feed(lines);
        var packed = _program.Run(Packed(string.Join("\r\n", lines)), "ingest", "-");
        var grown = Feed([.. lines, """{"event":"a"}"""]);

        Assert.Equal("0 accepted, 3 duplicates, 0 refused\n", again.Output);
        Assert.Equal("0 accepted, 3 duplicates, 0 refused\n", packed.Output);
        Assert.Equal("1 accepted, 3 duplicates, 0 refused\n", grown.Output);
        Assert.Equal(["a", "a", "b", "a"], _program.Show().Select(line => Text(line, "event")));
    }

    [Fact]
    public void What_was_refused_is_kept_once_however_often_it_is_fed()
    {
        string[] lines = ["nonsense", """{"event":"a"}""", "nonsense", """{"event":"a","event":"b"}"""];
        Feed(lines);

        var again = Feed([.. lines, "more nonsense"]);
        var json = TelemetryProgram.Json(_program.Run("ingest", "--json", Input))[0];

        Assert.Equal(3, again.ExitCode);
        Assert.StartsWith("0 accepted, 1 duplicates, 4 refused (kept in ", again.Output, StringComparison.Ordinal);
        Assert.EndsWith(", 3 of them kept by an earlier ingestion)\n", again.Output, StringComparison.Ordinal);
        Assert.Equal([1, 3, 4, 5], Quarantined().Select(kept => kept.GetProperty("line").GetInt32()).Order());
        Assert.Equal((4, 4), (json.GetProperty("refused").GetInt32(), json.GetProperty("refused_before").GetInt32()));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("quarantine").ValueKind);
    }

    [Fact]
    public void What_is_refused_for_another_reason_is_kept_with_it()
    {
        var packed = Packed("{\"event\":\"a\"}\n");
        _program.Run([.. packed, .. "garbage"u8], "ingest", "-");

        var other = _program.Run([.. packed[..^8], (byte)(packed[^8] ^ 1), .. packed[^7..]], "ingest", "-");

        Assert.DoesNotContain("earlier", other.Output, StringComparison.Ordinal);
        Assert.Equal(2, Quarantined().Select(kept => Text(kept, "reason")).Distinct().Count());
    }

    [Fact]
    public void A_standard_input_that_is_closed_is_told_at_once()
    {
        var result = _program.RunUnder(["sh", "-c", "exec \"$@\" <&-", "sh"], "ingest", "-");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("standard input is closed", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_client_recorded_with_a_name_twice_can_be_ingested()
    {
        using var other = new TelemetryProgram();
        other.Record(client =>
        {
            client.Record("twice", ("a", 1), ("a", 2));
            client.RecordFields("alike", new Dictionary<string, object?> { ["jane@example.com"] = 1, ["joe@example.com"] = 2 });
        });

        var result = _program.Run("ingest", Directory.EnumerateFiles(Path.Combine(other.Base, "raw"), "*.ndjson").Single());

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(
            ["""{"a":1,"a_2":2}""", """{"[REDACTED]":1,"[REDACTED]_2":2}"""],
            _program.Show().Select(shown => shown.GetProperty("details").GetRawText()));
    }

    [Fact]
    public void Equal_lines_of_another_file_are_other_events()
    {
        Feed("""{"event":"of host 1"}""", """{"event":"heartbeat"}""");

        var other = Feed("""{"event":"of host 2"}""", """{"event":"heartbeat"}""");

        Assert.Equal("2 accepted, 0 duplicates, 0 refused\n", other.Output);
    }

    [Fact]
    public void Lines_behind_empty_lines_at_other_places_are_other_events()
    {
        Feed("""{"event":"a"}""", "", """{"event":"b"}""");

        var other = Feed("", """{"event":"a"}""", """{"event":"b"}""");
        var windows = _program.Run("{\"event\":\"a\"}\r\n\r\n{\"event\":\"b\"}\r\n"u8.ToArray(), "ingest", "-");

        Assert.Equal("2 accepted, 0 duplicates, 0 refused\n", other.Output);
        Assert.Equal("0 accepted, 2 duplicates, 0 refused\n", windows.Output);
    }

    public static TheoryData<string, string> Damages => new()
    {
        { "half", "cut off" },
        { "no trailer", "cut off" },
        { "half a trailer", "cut off" },
        { "second member cut", "cut off" },
        { "checksum", "damaged" },
        { "length", "damaged" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Damaged_gzip_is_told_and_what_came_before_is_taken(string damage, string reason)
    {
        var first = Packed(string.Concat(Enumerable.Range(0, 20_000).Select(i => $$$"""{"event":"e","n":{{{i * 7919 % 10007}}}}""" + "\n")));
        var second = Packed("{\"event\":\"of the second member\"}\n");
        File.WriteAllBytes(Input, damage switch
        {
            "half" => first[..(first.Length / 2)],
            "no trailer" => first[..^8],
            "half a trailer" => first[..^3],
            "second member cut" => [.. first, .. second[..^1]],
            "checksum" => [.. first[..^8], (byte)(first[^8] ^ 1), .. first[^7..]],
            _ => [.. first[..^1], (byte)(first[^1] ^ 1)],
        });
        var whole = Path.Combine(_program.Base, "whole.gz");
        File.WriteAllBytes(whole, [.. first, .. second]);

        var result = _program.Run("ingest", Input, whole, "--json");

        var kept = Assert.Single(Quarantined());
        Assert.Equal(3, result.ExitCode);
        Assert.Equal((Input, reason), (Text(kept, "file"), Text(kept, "reason")!.Contains(reason, StringComparison.Ordinal) ? reason : Text(kept, "reason")));
        Assert.InRange(kept.GetProperty("line").GetInt32(), 2, 20_002);
        Assert.Equal(20_001, JsonDocument.Parse(result.Output).RootElement.GetProperty("accepted").GetInt32());
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void What_was_read_before_an_interrupt_is_taken_and_not_taken_again(string signal)
    {
        var lines = string.Concat(Enumerable.Range(0, 15_000).Select(i => $$$"""{"event":"e","n":{{{i}}}}""" + "\n"));
        using var ingest = _program.Start("ingest", "-", "--json");
        ingest.StandardInput.Write(lines);
        ingest.StandardInput.Flush();
        Eventually.True(() => File.Exists(Path.Combine(_program.Base, "state", "ingest-ids")));

        Signals.Send(ingest.Id, signal);

        Assert.Equal(1, ProcessEnd.WaitFor(ingest));
        Assert.Contains("interrupted", ingest.StandardError.ReadToEnd(), StringComparison.Ordinal);
        var taken = JsonDocument.Parse(ingest.StandardOutput.ReadToEnd()).RootElement.GetProperty("accepted").GetInt64();
        var rest = _program.Run(System.Text.Encoding.UTF8.GetBytes(lines), "ingest", "-");
        Assert.InRange(taken, 10_000, 15_000);
        Assert.Equal($"{15_000 - taken} accepted, {taken} duplicates, 0 refused\n", rest.Output);
        Assert.Empty(_program.Leftovers());
    }

    [FactNeeding("mkfifo")]
    public void A_named_pipe_whose_writer_is_silent_can_be_interrupted()
    {
        var pipe = Path.Combine(_program.Base, "pipe");
        using (var making = Process.Start("mkfifo", pipe))
        {
            ProcessEnd.WaitFor(making);
        }

        using var ingest = _program.Start("ingest", pipe);
        using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        writer.Write("""{"event":"e","id":"own-1"}"""u8);
        writer.Write("\n"u8);
        writer.Flush();
        Eventually.True(() => Directory.Exists(Raw) && Directory.GetFiles(Raw, "events_*").Any(file => ReadAll(file).Contains("own-1", StringComparison.Ordinal)));

        Signals.Send(ingest.Id, "TERM");

        var ended = TelemetryProgram.Finish(ingest);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("interrupted: what was read is taken", ended.Error, StringComparison.Ordinal);
        Assert.Equal("1 accepted, 0 duplicates, 0 refused\n", ended.Output);
    }

    [FactNeeding("mkfifo")]
    public void A_named_pipe_that_nobody_has_opened_yet_is_waited_for()
    {
        var pipe = Path.Combine(_program.Base, "pipe");
        using (var making = Process.Start("mkfifo", pipe))
        {
            ProcessEnd.WaitFor(making);
        }

        using var ingest = _program.Start("ingest", pipe);
        File.WriteAllText(pipe, """{"event":"a"}""" + "\n");

        Assert.Equal("1 accepted, 0 duplicates, 0 refused\n", TelemetryProgram.Finish(ingest).Output);
    }

    [Fact]
    public void A_line_without_an_end_can_be_interrupted()
    {
        File.WriteAllText(Input, """{"event":"e"}""" + "\n");
        using var ingest = _program.Start("ingest", Input, "/dev/zero");
        Eventually.True(() => Kept("ingest-ids") == 8);

        Signals.Send(ingest.Id, "INT");

        var ended = TelemetryProgram.Finish(ingest);
        Assert.Equal((1, "1 accepted, 0 duplicates, 0 refused\n"), (ended.ExitCode, ended.Output));
        Assert.Contains("interrupted", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_lines_are_known_in_a_window_of_their_own()
    {
        var lines = string.Concat(Enumerable.Range(0, 5).Select(i => $$$"""{"event":"e","n":{{{i}}}}""" + "\njunk\n"));

        _program.Run(System.Text.Encoding.UTF8.GetBytes(lines), "ingest", "-");

        Assert.Equal((5 * 8, 5 * 8), (Kept("ingest-ids"), Kept("ingest-refused")));
    }

    [Fact]
    public void Lines_that_are_all_refused_are_kept_while_they_come()
    {
        using var ingest = _program.Start("ingest", "-");
        ingest.StandardInput.Write(string.Concat(Enumerable.Range(0, 12_000).Select(i => $"junk {i}\n")));
        ingest.StandardInput.Flush();

        Eventually.True(() => Kept("ingest-refused") == 10_000 * 8, () => Kept("ingest-refused"));
        Assert.Equal(3, TelemetryProgram.Finish(ingest).ExitCode);
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(13_000)]
    public void What_a_killed_ingestion_had_taken_is_not_taken_again(int count)
    {
        var lines = string.Concat(Enumerable.Range(0, count).Select(i => $$$"""{"event":"e","id":"own-{{{i}}}"}""" + "\n"));
        using (var ingest = _program.Start("ingest", "-"))
        {
            ingest.StandardInput.Write(lines);
            ingest.StandardInput.Flush();
            Eventually.True(() => Directory.Exists(Raw) && Directory.GetFiles(Raw, "events_*").Sum(file => ReadAll(file).Split("own-").Length - 1) == count);
            ingest.Kill();
            ingest.WaitForExit();
        }

        var again = _program.Run(System.Text.Encoding.UTF8.GetBytes(lines), "ingest", "-");

        Assert.Equal($"0 accepted, {count} duplicates, 0 refused\n", again.Output);
        Assert.Equal(count, _program.Show("--last", "20000").Count);
        Assert.False(File.Exists(Path.Combine(_program.Base, "state", "ingest-from")));
    }

    [Fact]
    public void What_a_killed_ingestion_had_refused_is_kept_once()
    {
        const int Count = 3_000;
        var lines = string.Concat(Enumerable.Range(0, Count).Select(i => $"junk {i}\n"));
        using (var ingest = _program.Start("ingest", "-"))
        {
            ingest.StandardInput.Write(lines);
            ingest.StandardInput.Flush();
            Eventually.True(() => KeptLines().Count > Count / 2, () => KeptLines().Count);
            ingest.Kill();
            ingest.WaitForExit();
        }

        var before = KeptLines().Count;
        var again = _program.Run(System.Text.Encoding.UTF8.GetBytes(lines), "ingest", "-");

        Assert.Contains($"{Count} refused", again.Output, StringComparison.Ordinal);
        Assert.EndsWith($", {before} of them kept by an earlier ingestion)\n", again.Output, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, Count), KeptLines().Order());
    }

    [Fact]
    public void Members_beside_the_details_are_kept_in_them()
    {
        Feed("""{"event":"http_request","details":{"path":"/x","status":1},"status":500,"trace_id":"abc","password":"hidden"}""");

        var details = _program.Show()[0].GetProperty("details");
        Assert.Equal(("/x", 1, 500), (Text(details, "path"), details.GetProperty("status").GetInt32(), details.GetProperty("status_2").GetInt32()));
        Assert.Equal(("abc", "[REDACTED]"), (Text(details, "trace_id"), Text(details, "password")));
    }

    [Fact]
    public void Zeros_behind_gzip_data_are_padding()
    {
        var result = _program.Run([.. Packed(string.Concat(Enumerable.Range(0, 500).Select(i => $$$"""{"event":"e","n":{{{i}}}}""" + "\n"))), .. new byte[512]], "ingest", "-");

        Assert.Equal((0, "500 accepted, 0 duplicates, 0 refused\n"), (result.ExitCode, result.Output));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("")]
    public void Something_else_behind_gzip_data_is_one_refusal_and_everything_before_it_is_taken(string end)
    {
        var packed = Packed("{\"event\":\"a\"}\n{\"event\":\"b\"}" + end);
        var result = _program.Run([.. packed, .. new byte[7], .. "garbage"u8], "ingest", "-", "--json");

        var kept = Assert.Single(Quarantined());
        Assert.Equal(2, JsonDocument.Parse(result.Output).RootElement.GetProperty("accepted").GetInt32());
        Assert.Equal(3, result.ExitCode);
        Assert.Contains($"follows the gzip data at byte {packed.Length + 7}", Text(kept, "reason"), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_small_damaged_gzip_file_all_whole_lines_before_the_damage_are_taken()
    {
        var packed = Packed(string.Concat(Enumerable.Range(0, 300).Select(i => $$$"""{"event":"e","n":{{{i * 7919 % 10007}}}}""" + "\n")));

        var result = _program.Run([.. packed[..^8], (byte)(packed[^8] ^ 1), .. packed[^7..]], "ingest", "-", "--json");

        Assert.Equal(300, JsonDocument.Parse(result.Output).RootElement.GetProperty("accepted").GetInt32());
        Assert.Contains("a checksum is wrong", Text(Assert.Single(Quarantined()), "reason"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_does_not_make_a_file_another_one()
    {
        Feed("""{"event":"a"}""", """{"event":"b"}""");

        var marked = Feed("\uFEFF" + """{"event":"a"}""", """{"event":"b"}""");

        Assert.Equal("0 accepted, 2 duplicates, 0 refused\n", marked.Output);
    }

    [Fact]
    public void A_directory_is_said_to_be_one()
    {
        var result = _program.Run("ingest", _program.Base);

        Assert.Equal((2, $"telemetry: {_program.Base} is a directory: name its files\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public void Gzip_is_known_by_its_first_bytes_in_files_and_on_standard_input()
    {
        var packed = Packed("{\"event\":\"packed\"}\n");

        var first = _program.Run(packed, "ingest", "-");
        var second = _program.Run(packed, "ingest", "-");

        Assert.Equal("1 accepted, 0 duplicates, 0 refused\n", first.Output);
        Assert.Equal("0 accepted, 1 duplicates, 0 refused\n", second.Output);
        Assert.Equal("packed", Text(_program.Show()[0], "event"));
    }

    [Fact]
    public void More_than_the_ring_holds_is_waited_for_and_the_log_stays_sound()
    {
        var result = Feed([.. Enumerable.Range(0, 60_000).Select(i => $$$"""{"event":"step","details":{"n":{{{i}}},"text":"{{{new string('x', 200)}}}"}}""")]);

        Assert.Equal("60000 accepted, 0 duplicates, 0 refused\n", result.Output);
        Assert.Equal(59_999, _program.Show("--last", "1")[0].GetProperty("details").GetProperty("n").GetInt32());
        Assert.Equal(0, _program.Run("doctor").ExitCode);
        Assert.Empty(_program.Leftovers());
    }

    private static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private string Raw => Path.Combine(_program.Base, "raw");

    private static string ReadAll(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    private string Input => Path.Combine(_program.Base, "input.ndjson");

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private ProgramResult Feed(params string[] lines)
    {
        File.WriteAllLines(Input, lines);
        return _program.Run("ingest", Input);
    }

    private List<JsonElement> Quarantined() =>
    [
        .. Directory.GetFiles(Path.Combine(_program.Base, "raw", "quarantine"))
            .SelectMany(File.ReadAllLines).Select(line => JsonDocument.Parse(line).RootElement),
    ];

    // Without the line that a kill cut off.
    private List<int> KeptLines()
    {
        var quarantine = Path.Combine(Raw, "quarantine");
        var texts = Directory.Exists(quarantine) ? Directory.GetFiles(quarantine).SelectMany(file => ReadAll(file).Split('\n')) : [];
        return [.. texts.Where(text => text.EndsWith('}')).Select(text => JsonDocument.Parse(text).RootElement.GetProperty("line").GetInt32())];
    }

    private long Kept(string file) => new FileInfo(Path.Combine(_program.Base, "state", file)) is { Exists: true } there ? there.Length : 0;
}
