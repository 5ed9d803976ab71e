using System.Collections.Concurrent;
using System.Text.Json;
using TelemetryActors.Cli.Config;
using TelemetryActors.Slots;
using TelemetryActors.TestKit;
using Xunit;

namespace TelemetryActors.Cli.Tests.Config;

[Trait("Feature", "S3.22")]
public sealed class ConfigCommandSpec : IDisposable
{
    private readonly CommandRun _command = new();

    public void Dispose() => _command.Dispose();

    [Fact]
    public void Shows_each_setting_with_its_origin()
    {
        _command.Variables["TelemetryActors__SamplingRate"] = "0.5";
        _command.Run("config", "set", "log.fsync", "always");

        var exitCode = _command.Run("config");

        var lines = _command.Output.Split(Environment.NewLine).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Equal(0, exitCode);
        Assert.Contains("samplingRate 0.5 environment", lines);
        Assert.Contains("log.fsync always config.json", lines);
        Assert.Contains("enabled true default", lines);
        Assert.Contains($"baseDirectory {_command.BaseDirectory} command line", lines);
    }

    [Fact]
    public void Writes_the_same_as_json()
    {
        _command.Run("config", "set", "maxBufferSize", "25");

        var exitCode = _command.Run("config", "--json");

        using var document = JsonDocument.Parse(_command.Output);
        var setting = document.RootElement.GetProperty("settings").EnumerateArray().Single(item => item.GetProperty("path").GetString() == "maxBufferSize");
        Assert.Equal(0, exitCode);
        Assert.Equal(("25", "config.json"), (setting.GetProperty("value").GetString(), setting.GetProperty("origin").GetString()));
    }

    [Fact]
    public void Sets_under_every_name_and_gets_under_every_other()
    {
        var set = _command.Run("config", "set", "telemetry.enabled", "false");

        var got = _command.Run("config", "get", "enabled");

        Assert.Equal((0, 0, "false"), (set, got, _command.Output));
    }

    [Theory]
    [InlineData("endpoint")]
    [InlineData("sinks.runs.endpoint")]
    [InlineData("sinks.s3.serviceUrl")]
    public void An_address_with_a_password_is_refused_and_not_repeated(string setting)
    {
        var set = _command.Run("config", "set", setting, "https://jane:geheim@example.com");
        var said = _command.Error + _command.Output;
        _command.Variables["TelemetryActors__Sinks__Runs__Endpoint"] = "https://jane:geheim@example.com";
        _command.Run("config");

        Assert.Equal(2, set);
        Assert.Contains("without user", said, StringComparison.Ordinal);
        Assert.DoesNotContain("jane", said + _command.Error + _command.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_a_setting_out_again()
    {
        _command.Run("config", "set", "upload_url", "https://api.example.com/telemetry");

        var unset = _command.Run("config", "unset", "endpoint");

        _command.Run("config", "get", "endpoint", "--json");
        Assert.Equal(0, unset);
        Assert.Equal("""{"path":"endpoint","value":null,"origin":"default"}""", _command.Output);
    }

    [Theory]
    [InlineData("no.such", "is not a setting, and does not stand in")]
    [InlineData("debug", null)]
    public void Makes_no_directory_to_take_out_what_does_not_stand_there(string key, string? told)
    {
        var folder = new BaseFolder(Path.Combine(_command.BaseDirectory, "new", "directory"), "it was given");

        var fault = BaseSettings.Change(folder, key, text: null);

        Assert.Equal(told is null ? null : $"{key} {told} {folder.ConfigFile}", fault);
        Assert.Empty(Directory.GetFileSystemEntries(_command.BaseDirectory));
    }

    [Theory]
    [InlineData("samplingRate", "1.5", "a number from 0 to 1")]
    [InlineData("enabled", "maybe", "true or false")]
    [InlineData("log.fsync", "sometimes", "interval, always, never")]
    [InlineData("upload_url", "ftp://example.com", "http or https")]
    [InlineData("log.maxFileBytes", "8GiB", "Log:RetentionBytes must be at least Log:MaxFileBytes")]
    [InlineData("colour", "blue", "is not a setting")]
    [InlineData("baseDirectory", "/tmp", "lies in the base directory")]
    public void Refuses_a_bad_value_with_the_reason_and_exit_code_2(string key, string value, string reason)
    {
        var exitCode = _command.Run("config", "set", key, value);

        Assert.Equal(2, exitCode);
        Assert.Contains(reason, _command.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_command.ConfigFile));
    }

    [Fact]
    public void Of_many_that_set_something_at_once_each_is_kept()
    {
        (string Key, string Value)[] wanted =
        [
            ("maxWait", "10ms"), ("ringBytes", "256KiB"), ("runLease", "10m"), ("trackGit", "false"), ("log.fsync", "always"), ("log.fsyncInterval", "2s"),
            ("log.maxFileBytes", "1MiB"), ("sampling", "throttled"), ("throttleWindowMs", "1000"), ("maxEventsPerWindow", "7"), ("debug", "false"),
            ("recordCrashes", "false"), ("maxBufferSize", "25"), ("flushIntervalMs", "15000"), ("samplingRate", "0.5"), ("sinks.sqlite.enabled", "false"),
        ];
        var faults = new ConcurrentBag<string>();
        using var together = new Barrier(wanted.Length);
        var threads = wanted.Select(setting => new Thread(() =>
        {
            together.SignalAndWait();
            if (BaseSettings.Change(new BaseFolder(_command.BaseDirectory, "it was given"), setting.Key, setting.Value) is { } fault)
            {
                faults.Add(fault);
            }
        })).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => Assert.True(thread.Join(Eventually.DefaultBound)));

        _command.Run("config");
        var lines = _command.Output.Split(Environment.NewLine).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words[^1] == "config.json");
        Assert.Empty(faults);
        Assert.Equal(wanted.Select(setting => setting.Key).Order(), lines.Select(words => words[0]).Order());
    }

    [Fact]
    public void A_base_directory_that_nobody_can_look_into_is_told_with_exit_code_1_and_asked_for_nothing()
    {
        using var program = new TelemetryProgram();
        File.CreateSymbolicLink(Path.Combine(program.Base, "loop"), "loop");
        var loop = Path.Combine(program.Base, "loop");

        foreach (var command in new[] { "runs", "consent", "config", "doctor", "sinks" })
        {
            var result = program.Run(command, "--base", loop);

            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.StartsWith($"telemetry: Nobody can look into the base directory {loop}: ", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Leaves_a_file_alone_that_is_not_json()
    {
        File.WriteAllText(_command.ConfigFile, "enabled = false");

        var set = _command.Run("config", "set", "debug", "true");
        var unset = _command.Run("config", "unset", "debug");

        Assert.Equal((2, 2), (set, unset));
        Assert.Equal("enabled = false", File.ReadAllText(_command.ConfigFile));
    }

    [Fact]
    public void Lists_bad_settings_and_ends_with_exit_code_2()
    {
        _command.Variables["TelemetryActors__Log__Fsync"] = "sometimes";
        File.WriteAllText(_command.ConfigFile, """{"samplingRate": 7}""");

        var exitCode = _command.Run("config");

        Assert.Equal(2, exitCode);
        Assert.Contains("TelemetryActors__Log__Fsync must be one of", _command.Error, StringComparison.Ordinal);
        Assert.Contains("config.json: samplingRate must be a number from 0 to 1, not '7'", _command.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_when_what_was_set_does_not_win()
    {
        _command.Variables["TelemetryActors__Debug"] = "true";

        var exitCode = _command.Run("config", "set", "debug", "false");

        Assert.Equal(0, exitCode);
        Assert.Contains("debug is set, and true from environment still wins", _command.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_not_known_here_is_told_and_can_be_taken_out()
    {
        File.WriteAllText(_command.ConfigFile, """{"log":{"shine":7,"fsync":"always"}}""");

        var shown = _command.Run("config");
        var told = _command.Error;
        var unset = _command.Run("config", "unset", "log.shine");
        var after = _command.Run("config");

        Assert.Equal((0, "telemetry: config.json: log.shine is not a setting"), (shown, told));
        Assert.Equal((0, 0, ""), (unset, after, _command.Error));
        Assert.DoesNotContain("shine", File.ReadAllText(_command.ConfigFile), StringComparison.Ordinal);
        Assert.Contains("always", File.ReadAllText(_command.ConfigFile), StringComparison.Ordinal);
        Assert.Equal(2, _command.Run("config", "unset", "log.shine"));
    }

    [Fact]
    public void Knows_no_other_settings()
    {
        var exitCode = _command.Run("config", "get", "colour");

        Assert.Equal((2, "telemetry: colour is not a setting"), (exitCode, _command.Error));
    }
}
