using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Sinks.Delegate;
using Xunit;

namespace TelemetryActors.Cli.Config;

/// <summary>Every command that reads the log finds it where the settings put it.</summary>
[Trait("Feature", "S0.27")]
public sealed class FixedLogFileSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("telemetry-elsewhere-").FullName;

    public void Dispose()
    {
        Directory.Delete(_elsewhere, recursive: true);
        _program.Dispose();
    }

    public static TheoryData<string> Places => ["runtime/telemetry.jsonl", "telemetry.jsonl", "{elsewhere}/deep/own.log", "../beside-{name}.jsonl"];

    [Theory]
    [MemberData(nameof(Places))]
    public void Show_runs_tail_sinks_and_doctor_read_where_the_client_writes(string place)
    {
        var file = Set(place);
        try
        {
            _program.Run("exec", "--lines", "--agent", "crawler", "--", "echo", "hello");

            // What a starved machine did not write within the end of exec, comes with the next command.
            Assert.Equal(["run_start", "stdout_line", "run_end"], _program.Show().Select(EventOf));
            Assert.Contains("\"event\":\"stdout_line\"", File.ReadAllText(file), StringComparison.Ordinal);
            Assert.Equal("crawler", TelemetryProgram.Json(_program.Run("runs", "--json"))[0].GetProperty("agent").GetString());
            Assert.Equal(3, _program.Run("tail").Lines.Length);
            Assert.Equal(3, TelemetryProgram.Json(_program.Run("sinks", "--json"))[0].GetProperty("delivered").GetInt64());
            Assert.False(Directory.Exists(Path.Combine(_program.Base, "raw")));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Doctor_proves_a_fixed_file()
    {
        var file = Set("runtime/telemetry.jsonl");
        _program.Run("exec", "--lines", "--", "seq", "20");

        var sound = _program.Run("doctor", "--json");
        File.WriteAllLines(file, File.ReadAllLines(file).Where((_, index) => index != 10));
        var cut = _program.Run("doctor");

        Assert.Equal(0, sound.ExitCode);
        Assert.Equal(22, JsonDocument.Parse(sound.Output).RootElement.GetProperty("slots")[0].GetProperty("events").GetInt64());
        Assert.Equal(1, cut.ExitCode);
        Assert.Contains($"fault: {file} at offset", cut.Output, StringComparison.Ordinal);
        Assert.Contains("are missing", cut.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_puts_the_log_elsewhere_for_readers_too()
    {
        Set("of-the-file.jsonl");
        _program.Variables["TelemetryActors__Log__File"] = Path.Combine(_elsewhere, "of-the-environment.jsonl");

        _program.Run("exec", "--", "true");

        Assert.Equal(2, _program.Show().Count);
        _program.Variables.Clear();
        Assert.Equal(2, _program.Show().Count);
    }

    [Theory]
    [InlineData(" one.jsonl")]
    [InlineData("one.jsonl {elsewhere}/deep/two.log")]
    [InlineData("one.jsonl ")]
    [InlineData(" runtime/one.jsonl two.jsonl ")]
    public void A_setting_that_changes_on_the_way_leaves_one_log_that_everyone_reads(string changes)
    {
        var places = changes.Split(' ');
        for (var change = 0; change < places.Length; change++)
        {
            if (places[change].Length == 0)
            {
                Assert.Equal(0, _program.Run("config", "unset", "log.file").ExitCode);
            }
            else
            {
                Set(places[change]);
            }

            _program.Run("exec", "--lines", "--", "echo", "hello");
            AssertReadable(change + 1);
        }

        File.Delete(Path.Combine(_program.Base, "state", "sinks", "jsonl.json"));
        _program.Run("exec", "--lines", "--", "echo", "hello");

        // Whether the last writer ended in order stood in that file: what a ring of its may have held is in doubt, and said to be.
        AssertReadable(places.Length + 1, mayBeInDoubt: true);
    }

    [Fact]
    public void Sinks_go_on_where_they_stopped_in_the_files_of_the_setting_before()
    {
        var sent = new List<string>();
        void Sink(TelemetryOptions options) => options.Sinks.Add(DelegateSinkRegistration.Define("spec", (batch, _) =>
        {
            sent.AddRange(batch.Events().Select(line => System.Text.Encoding.UTF8.GetString(line.Span)));
            return ValueTask.FromResult(SinkOutcome.Delivered);
        }));
        _program.Record(client => client.Record("first"), Sink);
        _program.Record(client => client.Record("unseen"));

        _program.Record(client => client.Record("last"), options =>
        {
            options.Log.File = "one.jsonl";
            Sink(options);
        });

        Assert.Equal(["first", "unseen", "last"], sent.Select(line => EventOf(JsonDocument.Parse(line).RootElement)));
        var doctor = _program.Run("doctor");
        Assert.True(doctor.ExitCode == 0, doctor.Output);
    }

    private void AssertReadable(int runs, bool mayBeInDoubt = false)
    {
        var doctor = _program.Run("doctor");
        Assert.True(doctor.ExitCode == 0, doctor.Output);
        Assert.Equal(mayBeInDoubt, doctor.Output.Contains("note:", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Repeat(new[] { "run_start", "stdout_line", "run_end" }, runs).SelectMany(names => names), _program.Show().Select(EventOf));
        Assert.Equal(runs, TelemetryProgram.Json(_program.Run("runs", "--json")).Count);
        Assert.Equal(3 * runs, _program.Run("tail", "--last", "100").Lines.Length);
    }

    [Fact]
    public void Tail_follows_a_fixed_file()
    {
        Set("runtime/telemetry.jsonl");
        _program.Record(client => client.Record("before"));
        using var tail = _program.Start("tail", "-f", "--json");
        Assert.Contains("\"event\":\"before\"", TelemetryProgram.ReadLine(tail), StringComparison.Ordinal);

        _program.Record(client => client.Record("after"));

        Assert.Contains("\"event\":\"after\"", TelemetryProgram.ReadLine(tail), StringComparison.Ordinal);
        Signals.Send(tail.Id, "TERM");
        Assert.Equal(0, TelemetryProgram.Finish(tail).ExitCode);
    }

    [Theory]
    [InlineData("runtime/")]
    [InlineData("/")]
    [InlineData("..")]
    [InlineData("config.json")]
    [InlineData("state/writer.lock")]
    [InlineData("state/sinks/jsonl.json")]
    [InlineData("./state/log-files")]
    [InlineData("runtime/../db/telemetry.sqlite")]
    [InlineData("dead/http.ndjson")]
    [InlineData("raw/quarantine/own.ndjson")]
    [InlineData("{base}/raw/own.ndjson")]
    [InlineData("{base}")]
    [InlineData("/dev/null")]
    public void What_names_no_file_or_one_of_ours_is_refused(string place)
    {
        var result = _program.Run("config", "set", "log.file", place.Replace("{base}", _program.Base, StringComparison.Ordinal));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("the path of a file", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show")]
    [InlineData("runs")]
    [InlineData("tail")]
    [InlineData("sinks")]
    [InlineData("ingest", "-")]
    public void Nobody_guesses_when_the_settings_are_bad(params string[] command)
    {
        File.WriteAllText(Path.Combine(_program.Base, "config.json"), """{"log":{"file":7,"fsync":"sometimes"}}""");

        var result = _program.Run(command);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("config.json: log.fsync must be one of", result.Error, StringComparison.Ordinal);
    }

    private string Set(string place)
    {
        place = place.Replace("{elsewhere}", _elsewhere, StringComparison.Ordinal).Replace("{name}", Path.GetFileName(_program.Base), StringComparison.Ordinal);
        Assert.Equal(0, _program.Run("config", "set", "log.file", place).ExitCode);
        return Path.GetFullPath(place, _program.Base);
    }

    private static string? EventOf(JsonElement line) => line.GetProperty("event").GetString();
}
