using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TelemetryActors.Processes;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Exec;

public sealed class ExecSpec : IDisposable
{
    private static readonly int Many = Environment.GetEnvironmentVariable("TELEMETRY_LONG") == "1" ? 200 : 10;

    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    [Trait("Feature", "S4.1")]
    [Trait("Feature", "S4.3")]
    [Trait("Feature", "S4.5")]
    public void A_command_is_a_run_with_a_start_an_end_and_its_metrics()
    {
        var result = _program.Run("exec", "--agent", "crawler", "--job", "nightly", "--", "sh", "-c", "exit 3");

        var run = Assert.Single(TelemetryProgram.Json(_program.Run("runs", "--json")));
        Assert.Equal(3, result.ExitCode);
        Assert.Equal("crawler", run.GetProperty("agent").GetString());
        Assert.Equal("nightly", run.GetProperty("job").GetString());
        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.Equal(2, run.GetProperty("events").GetInt64());
        Assert.Equal(3, run.GetProperty("metrics").GetProperty("exit_code").GetInt32());
        Assert.True(run.GetProperty("duration_ms").GetDouble() > 0);
        Assert.True(run.GetProperty("metrics").GetProperty("cpu_user_ms").GetDouble() >= 0);
        Assert.Contains(run.GetProperty("metrics").EnumerateObject(), metric => metric.Name.StartsWith("peak_memory_", StringComparison.Ordinal) && metric.Value.GetInt64() > 0);
    }

    [Fact]
    public void Agent_and_job_are_the_commands_file_name_and_exec_unless_told()
    {
        _program.Run("exec", "--", "/bin/true", "-v", "--json", "@file");

        var start = _program.Show("--event", "run_start")[0].GetProperty("details");
        Assert.Equal("true", start.GetProperty("agent_name").GetString());
        Assert.Equal("exec", start.GetProperty("job_type").GetString());
    }

    [Fact]
    public void With_lines_both_streams_pass_through_byte_for_byte()
    {
        var bytes = new byte[700_001];
        new Random(20240115).NextBytes(bytes);
        var file = Path.Combine(_program.Base, "bytes");
        File.WriteAllBytes(file, bytes);

        var result = _program.Run("exec", "--lines", "--", "sh", "-c", $"cat {file}; cat {file} >&2; printf part");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal([.. bytes, .. "part"u8], result.OutputBytes);
        Assert.Equal(bytes, result.ErrorBytes);
    }

    [Fact]
    public void With_lines_each_line_is_an_event_redacted_bounded_and_in_order()
    {
        _program.Run("exec", "--lines", "--", "sh", "-c", "echo one; echo mail jane@example.com; head -c 20000 /dev/zero | tr '\\0' x; echo; echo oops >&2; printf last");

        var lines = _program.Show("--event", "stdout_line").Select(line => line.GetProperty("details")).ToList();
        Assert.Equal(["one", "mail [REDACTED]", new string('x', 8192), "last"], lines.Select(line => line.GetProperty("text").GetString()));
        Assert.True(lines[2].GetProperty("cut").GetBoolean());
        Assert.Equal("oops", Assert.Single(_program.Show("--event", "stderr_line")).GetProperty("details").GetProperty("text").GetString());
        Assert.Equal(4, _program.Show("--event", "run_end")[0].GetProperty("details").GetProperty("metrics").GetProperty("stdout_lines").GetInt32());
    }

    [Fact]
    public void Arguments_that_are_no_UTF8_reach_the_command_as_they_are()
    {
        var result = _program.RunUnder(["sh", "-c", "\"$@\" \"$(printf 'a\\377b')\" \u00e9", "sh"], "exec", "--", "printf", "%s|%s");

        Assert.Equal([(byte)'a', 0xff, (byte)'b', .. "|\u00e9"u8], result.OutputBytes);
    }

    [Fact]
    public void A_stream_that_cannot_be_passed_on_is_told_and_still_recorded()
    {
        var result = _program.RunUnder(["sh", "-c", "\"$@\" > /dev/full", "sh"], "exec", "--lines", "--", "echo", "hello");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("telemetry: writing what the command wrote to standard output failed: ", result.Error, StringComparison.Ordinal);
        Assert.Single(_program.Show("--event", "stdout_line"));
    }

    [Fact]
    public void Without_lines_the_child_has_our_own_streams()
    {
        var result = _program.Run("hello"u8.ToArray(), "exec", "--", "sh", "-c", "cat; echo err >&2");

        Assert.Equal("hello", result.Output);
        Assert.Equal("err\n", result.Error);
        Assert.Equal(2, _program.Show().Count);
    }

    [Theory]
    [InlineData("HUP", 129, "cancelled")]
    [InlineData("INT", 130, "cancelled")]
    [InlineData("TERM", 143, "cancelled")]
    [InlineData("PIPE", 141, "cancelled")]
    [InlineData("ABRT", 134, "failed")]
    [InlineData("BUS", 135, "failed")]
    [InlineData("KILL", 137, "failed")]
    [InlineData("SEGV", 139, "failed")]
    [InlineData("ALRM", 142, "failed")]
    public void A_signal_that_ends_the_child_is_128_and_its_number(string signal, int exitCode, string status)
    {
        var result = _program.Run("exec", "--", "sh", "-c", $"kill -{signal} $$");

        var run = TelemetryProgram.Json(_program.Run("runs", "--json"))[0];
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(status, run.GetProperty("status").GetString());
        Assert.Equal("SIG" + signal, run.GetProperty("metrics").GetProperty("signal").GetString());
        Assert.Equal($"ended by SIG{signal}", run.GetProperty("error").GetString());
    }

    [Fact]
    public void A_timeout_from_outside_ends_the_command_and_cancels_the_run()
    {
        var inside = _program.Run("exec", "--", "timeout", "--foreground", "0.3", "sleep", "600").ExitCode;
        using var timeout = _program.StartUnder(["timeout", "600"], ["exec", "--", "sh", "-c", "echo ready; exec sleep 600"]);
        Assert.Equal("ready", TelemetryProgram.ReadLine(timeout));

        // What timeout sends itself when its time is over, which is not before the run has begun this way.
        Signals.Send(timeout.Id, "ALRM");
        var outside = TelemetryProgram.Finish(timeout).ExitCode;

        var runs = TelemetryProgram.Json(_program.Run("runs", "--json"));
        Assert.Equal((124, 124), (inside, outside));
        Assert.Equal(["failed", "cancelled"], runs.Select(run => run.GetProperty("status").GetString()));
        Assert.Empty(_program.Leftovers());
    }

    [Fact]
    public void A_stream_that_another_process_holds_is_not_waited_for_and_the_run_is_as_long_as_its_command()
    {
        using var exec = _program.Start("exec", "--lines", "--", "sh", "-c", "{ sleep 600; } & echo $!; printf 'the last'");
        var holder = int.Parse(TelemetryProgram.ReadLine(exec)!, CultureInfo.InvariantCulture);

        // Its own streams stay open as long as the holder has standard error, which exec did not take from it. The holder outlives the wait.
        Assert.Equal(0, ProcessEnd.WaitFor(exec));
        var error = TelemetryProgram.ReadLine(exec.StandardError, exec);
        Signals.Send(holder, "KILL");

        Assert.Equal("telemetry: something that the command started holds its standard output open: what it writes from now on is not recorded", error);
        Assert.Equal("the last", _program.Show("--event", "stdout_line")[^1].GetProperty("details").GetProperty("text").GetString());
        Assert.Equal("success", TelemetryProgram.Json(_program.Run("runs", "--json"))[0].GetProperty("status").GetString());
    }

    [Fact]
    public void What_the_command_wrote_last_is_through_whole_although_another_process_holds_the_stream()
    {
        using var exec = _program.Start("exec", "--lines", "--", "sh", "-c", "{ sleep 600; } & echo $!; head -c 60000 /dev/zero | tr '\\0' x; echo; echo end");
        var holder = int.Parse(TelemetryProgram.ReadLine(exec)!, CultureInfo.InvariantCulture);

        var longest = TelemetryProgram.ReadLine(exec);
        var last = TelemetryProgram.ReadLine(exec);
        Assert.Equal(0, ProcessEnd.WaitFor(exec));
        Signals.Send(holder, "KILL");

        Assert.Equal((60_000, "end"), (longest!.Length, last));
        Assert.Equal("end", _program.Show("--event", "stdout_line")[^1].GetProperty("details").GetProperty("text").GetString());
    }

    [Fact]
    public void A_setting_that_only_a_newer_program_knows_is_told_and_everything_works()
    {
        File.WriteAllText(Path.Combine(_program.Base, "config.json"), """{"colour":"blue","log":{"shine":7}}""");

        var result = _program.Run("exec", "--", "sh", "-c", "exit 4");
        var shown = _program.Run("show", "--json", "--event", "run_end");
        var ingested = _program.Run("{\"event\":\"e\"}\n"u8.ToArray(), "ingest", "-");

        Assert.Equal((4, 0, 0), (result.ExitCode, shown.ExitCode, ingested.ExitCode));
        Assert.Single(shown.Lines);
        Assert.All([result, shown, ingested], told =>
        {
            Assert.Contains("config.json: colour is not a setting", told.Error, StringComparison.Ordinal);
            Assert.Contains("config.json: log.shine is not a setting", told.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("failed", told.Error, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void What_stands_before_the_dashes_and_is_no_option_is_refused()
    {
        var result = _program.Run("exec", "--lines=maybe", "--", "true");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'maybe' stands before --", result.Error, StringComparison.Ordinal);
    }

    [FactNeedingMounts]
    public void On_a_base_directory_that_cannot_be_written_what_is_lost_is_counted_and_nothing_is_called_kept()
    {
        using var mount = Mount.Tmpfs(_program.Base, "size=1m");
        mount.Remount("ro");

        var result = _program.Run("exec", "--lines", "--", "sh", "-c", "echo one; echo two; exit 6");
        var ingest = _program.Run("{\"event\":\"e\"}\n"u8.ToArray(), "ingest", "-");

        Assert.Equal(6, result.ExitCode);
        Assert.Matches(@"telemetry: recording failed: The event log could not be written: .*; [1-9]\d* events were in this process's memory alone and are lost\n", result.Error);
        Assert.DoesNotContain("kept", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, ingest.ExitCode);
        Assert.Contains("Read-only file system", ingest.Error, StringComparison.Ordinal);
    }

    [FactNeedingMounts]
    public void On_a_full_disk_only_what_was_overwritten_is_called_lost_and_the_numbers_are_those_of_the_next_start()
    {
        using var mount = Mount.Tmpfs(_program.Base, "size=400k");
        var filler = Path.Combine(_program.Base, "filler");
        Fill(filler);

        var result = _program.Run("exec", "--lines", "--", "sh", "-c", $"head -c 2000000 /dev/zero | tr '\\0' x | fold -w 100");
        File.Delete(filler);
        mount.Remount("size=20m");
        _program.Run("exec", "--", "true");

        var told = Regex.Match(
            result.Error, @"^telemetry: recording failed: The event log could not be written: No space left on device.*; (\d+) events are kept in the ring .* and written at the next start; (\d+) events were overwritten in the ring and are lost");
        Assert.True(told.Success, result.Error);
        var log = TelemetryProgram.Json(_program.Run("sinks", "--json"))[0];
        Assert.Equal(long.Parse(told.Groups[2].Value, CultureInfo.InvariantCulture), log.GetProperty("dropped").GetProperty("overwritten").GetInt64());
        Assert.True(log.GetProperty("delivered").GetInt64() >= long.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture), log.GetRawText());
    }

    [FactNeedingMounts]
    public void What_keeps_the_log_from_being_written_is_named()
    {
        var raw = Directory.CreateDirectory(Path.Combine(_program.Base, "raw")).FullName;
        using var mount = Mount.Tmpfs(raw, "size=1m");
        mount.Remount("ro");

        var result = _program.Run("exec", "--", "true");

        // A machine that takes its time lets the log's circuit open, which is an event, too.
        Assert.Matches("recording failed: The event log could not be written: .*Read-only file system.*; [2-9] events are kept in the ring", result.Error);
    }

    [FactNeedingMounts]
    public void On_a_full_disk_what_is_called_kept_is_there_once_there_is_room_and_nothing_empty_is_left()
    {
        using var mount = Mount.Tmpfs(_program.Base, "size=256k");
        _program.Run("exec", "--", "true");
        var filler = Path.Combine(_program.Base, "filler");
        Fill(filler);

        var result = _program.Run("exec", "--", "sh", "-c", "exit 7");
        _program.Run("doctor");
        var empty = Directory.EnumerateFiles(_program.Base, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file).StartsWith(".write-probe", StringComparison.Ordinal) || (file.EndsWith(".ndjson", StringComparison.Ordinal) && new FileInfo(file).Length == 0)).ToList();
        File.Delete(filler);

        Assert.Equal(7, result.ExitCode);
        Assert.DoesNotContain("lost", result.Error, StringComparison.Ordinal);
        Assert.Empty(empty);
        Assert.Equal(2, _program.Show("--event", "run_end").Count);
    }

    [Fact]
    public void Under_a_program_that_ignores_the_end_of_its_children_the_exit_code_is_the_commands()
    {
        var result = _program.RunUnder(["env", "--ignore-signal=CHLD"], "exec", "--", "sh", "-c", "sleep 0.2; exit 7");

        Assert.Equal(7, result.ExitCode);
    }

    [Fact]
    public void An_exit_code_above_128_is_no_signal()
    {
        var result = _program.Run("exec", "--", "sh", "-c", "exit 143");

        var run = TelemetryProgram.Json(_program.Run("runs", "--json"))[0];
        Assert.Equal(143, result.ExitCode);
        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.False(run.GetProperty("metrics").TryGetProperty("signal", out _));
    }

    [Theory]
    [InlineData("/no/such/command", 127)]
    [InlineData("/", 126)]
    public void A_command_that_cannot_be_started_is_a_failed_run(string command, int exitCode)
    {
        var result = _program.Run("exec", "--", command);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains($"cannot start '{command}'", result.Error, StringComparison.Ordinal);
        Assert.Equal("failed", TelemetryProgram.Json(_program.Run("runs", "--json"))[0].GetProperty("status").GetString());
    }

    [Fact]
    [Trait("Feature", "S4.3")]
    public void The_child_is_told_the_run_and_the_base_directory()
    {
        var result = _program.Run("exec", "--print-run-id", "--", "sh", "-c", "echo $TELEMETRY_RUN_ID; echo $TELEMETRY_BASE_DIR");

        Assert.Equal([result.Error.Trim(), _program.Base], result.Lines);
        Assert.Equal(result.Error.Trim(), _program.Show("--event", "run_start")[0].GetProperty("run_id").GetString());
    }

    [Fact]
    [Trait("Feature", "S1.1")]
    [Trait("Feature", "S4.17")]
    [Trait("Feature", "S4.18")]
    public void Telemetry_that_cannot_work_does_not_keep_the_command_from_running()
    {
        var file = Path.Combine(_program.Base, "file");
        File.WriteAllText(file, "");

        var result = _program.Run("exec", "--base", Path.Combine(file, "below"), "--", "sh", "-c", "echo done; exit 5");

        Assert.Equal(5, result.ExitCode);
        Assert.Equal("done\n", result.Output);
        Assert.StartsWith("telemetry: recording failed: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_log_files_and_probes_that_a_killed_process_left_are_removed()
    {
        var empty = Path.Combine(Directory.CreateDirectory(Path.Combine(_program.Base, "raw")).FullName, "events_20200101.003.ndjson");
        var probe = Path.Combine(_program.Base, ".write-probe-4194305");
        File.WriteAllText(empty, "");
        File.WriteAllText(probe, "");

        _program.Run("exec", "--", "true");
        _program.Run("doctor");

        Assert.Equal((false, false), (File.Exists(empty), File.Exists(probe)));
    }

    [Fact]
    public void Many_one_after_another_leave_nothing_behind()
    {
        for (var i = 0; i < Many; i++)
        {
            Assert.Equal(0, _program.Run("exec", "--", "true").ExitCode);
            Assert.Empty(_program.Leftovers());
        }

        Assert.Equal(Many, TelemetryProgram.Json(_program.Run("runs", "--status", "success", "--last", "1000", "--json")).Count);
        Assert.Equal(0, _program.Run("doctor").ExitCode);
        Assert.Single(Directory.GetFiles(Path.Combine(_program.Base, "raw"), "*.ndjson"));
    }

    [Fact]
    public void After_a_kill_everything_is_shown_once_and_the_run_is_abandoned()
    {
        using var exec = _program.Start("exec", "--lines", "--", "sh", "-c", "for i in 1 2 3 4 5; do echo line $i; done; echo ready; read never");
        while (TelemetryProgram.ReadLine(exec) is not (null or "ready"))
        {
        }

        Signals.Send(exec.Id, "KILL");
        ProcessEnd.WaitFor(exec);

        var run = Assert.Single(TelemetryProgram.Json(_program.Run("runs", "--status", "abandoned", "--json")));
        var shown = _program.Show("--run", run.GetProperty("run_id").GetString()!, "--event", "stdout_line");
        var texts = shown.Select(line => line.GetProperty("details").GetProperty("text").GetString()!).ToList();
        Assert.Equal(Enumerable.Range(1, 5).Select(i => $"line {i}"), texts.Where(text => text != "ready"));
        Assert.Equal(JsonValueKind.String, run.GetProperty("error").ValueKind);
        Assert.Empty(_program.Leftovers());
        Assert.Equal(0, _program.Run("doctor").ExitCode);
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // That is how it is full.
        }
    }
}
