using TelemetryActors.Configuration;
using TelemetryActors.Events;
using TelemetryActors.Slots;
using TelemetryActors.Tests.Client;
using Xunit;

namespace TelemetryActors.Tests.Configuration;

[Trait("Feature", "S4.7")]
public sealed class StartSettingsSpec : IDisposable
{
    private readonly ClientRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    [Trait("Feature", "S2.15")]
    public void A_client_shows_each_setting_with_its_origin()
    {
        _rig.Variables["TelemetryActors__SamplingRate"] = "0.5";
        File.WriteAllText(_rig.ConfigFile, """{"log": {"fsync": "always"}, "redactFields": ["badge", "plate"], "telemetry": {"upload_url": "https://example.com"},}""");

        using var telemetry = _rig.Start();

        var config = telemetry.GetConfig();
        Assert.Equal(new SettingValue("samplingRate", "0.5", SettingOrigin.Environment), config["samplingRate"]);
        Assert.Equal(new SettingValue("log.fsync", "always", SettingOrigin.File), config["Log:Fsync"]);
        Assert.Equal(new SettingValue("redactFields", "badge,plate", SettingOrigin.File), config["redactFields"]);
        Assert.Equal(new SettingValue("endpoint", "https://example.com", SettingOrigin.File), config["upload_url"]);
        Assert.Equal(new SettingValue("baseDirectory", _rig.BaseDirectory, SettingOrigin.Code), config["baseDirectory"]);
        Assert.Equal(SettingOrigin.Default, config["enabled"].Origin);
        Assert.Throws<KeyNotFoundException>(() => config["colour"]);
    }

    [Fact]
    [Trait("Feature", "S2.15")]
    public void What_is_shown_later_is_what_it_started_with()
    {
        var options = _rig.Options();
        options.MaxWait = TimeSpan.FromSeconds(2);
        using var telemetry = TelemetryClient.Start(options);

        options.MaxWait = TimeSpan.FromSeconds(3);

        Assert.Equal(new SettingValue("maxWait", "2s", SettingOrigin.Code), telemetry.GetConfig()["maxWait"]);
    }

    [Theory]
    [Trait("Feature", "S4.17")]
    [InlineData("endpoint", "https://jane:geheim@example.com/v1")]
    [InlineData("sinks.community.endpoint", "https://jane@example.com/v1")]
    [InlineData("sinks.runs.endpoint", "ftp://jane:geheim@example.com/v1")]
    public void An_address_with_a_user_in_it_is_refused_and_shown_nowhere(string path, string address)
    {
        File.WriteAllText(_rig.ConfigFile, $$"""{"{{path}}": "{{address}}"}""");

        using var telemetry = _rig.Start();

        Assert.Null(telemetry.GetConfig()[path].Value);
        var fault = Assert.Single(_rig.Failures, failure => failure.Where == "settings").Message;
        Assert.Contains("without user and password", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("jane", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{base}/raw/own.ndjson")]
    [InlineData("{base}/state/sinks/jsonl.json")]
    [InlineData("{base}")]
    [InlineData("/dev/null")]
    public void A_log_file_in_a_place_of_ours_or_where_no_file_is_is_told_and_daily_files_are_written(string place)
    {
        var file = place.Replace("{base}", _rig.BaseDirectory, StringComparison.Ordinal);
        _rig.Variables["TelemetryActors__Log__File"] = file;
        _rig.Variables["TelemetryActors__Log__Fsync"] = "always";

        using (var telemetry = _rig.Start())
        {
            telemetry.Record("step");
            Assert.Equal(new SettingValue("log.file", null, SettingOrigin.Default), telemetry.GetConfig()["log.file"]);
            Assert.Equal(new SettingValue("log.fsync", "always", SettingOrigin.Environment), telemetry.GetConfig()["log.fsync"]);
        }

        Assert.StartsWith("log.file must be the path of a file", Assert.Single(_rig.Failures, failure => failure.Where == "settings").Message, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_rig.BaseDirectory, "raw"), "events_*.ndjson"));
    }

    [Fact]
    public void Code_that_puts_a_user_into_an_address_is_told_without_it()
    {
        var address = new Uri("https://jane:geheim@example.com/v1");
        var options = new TelemetryOptions().AddHttp(address).AddRunPosting(address).AddCommunity(community => community.Endpoint = address);

        var faults = TelemetryOptionsFaults.Of(options).ToList();

        Assert.Equal(3, faults.Count);
        Assert.All(faults, fault => Assert.DoesNotContain("jane", fault, StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Feature", "S4.17")]
    [InlineData("""{"debug": true, "debug": false}""")]
    [InlineData("""["debug"]""")]
    [InlineData("""{"sinks.community.appName": "\ud800"}""")]
    [InlineData("""{"\ud800": true}""")]
    [InlineData("")]
    public void A_file_that_holds_no_settings_is_told_as_a_whole(string text)
    {
        File.WriteAllText(_rig.ConfigFile, text);

        using var telemetry = _rig.Start();

        Assert.Contains("config.json cannot be read", Assert.Single(_rig.Failures, failure => failure.Where == "settings").Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public void Bad_settings_are_told_and_never_thrown()
    {
        _rig.Variables["TelemetryActors__Log__Fsync"] = "sometimes";
        File.WriteAllText(_rig.ConfigFile, "not json");

        using var telemetry = _rig.Start();

        Assert.True(telemetry.Record("work").IsAccepted);
        Assert.Equal(2, _rig.Failures.Count(failure => failure.Where == "settings"));
        Assert.Contains(_rig.Failures, failure => failure.Message.Contains(_rig.ConfigFile, StringComparison.Ordinal));
    }

    [Fact]
    public void A_program_that_is_nothing_but_telemetry_can_reject_them()
    {
        _rig.Variables["TelemetryActors__Log__Fsync"] = "sometimes";
        _rig.Variables["TelemetryActors__Enabled"] = "maybe";

        var thrown = Assert.Throws<ArgumentException>(() => _rig.Start(options => options.RejectBadSettings = true));

        Assert.Equal(2, thrown.Message.Split('\n').Length);
    }

    [Fact]
    [Trait("Feature", "S3.5")]
    [Trait("Feature", "D.9")]
    public void Telemetry_enabled_false_in_the_file_stops_everything()
    {
        File.WriteAllText(_rig.ConfigFile, """{"telemetry.enabled": false}""");
        _rig.Variables["TelemetryActors__Enabled"] = "true";

        using var telemetry = _rig.Start();

        Assert.Equal(DropReason.Disabled, telemetry.Record("work").Reason);
    }

    [Fact]
    [Trait("Feature", "U.4")]
    public void The_environment_names_the_base_directory_the_newer_name_first()
    {
        var variables = new Dictionary<string, string> { ["AGENT_METRICS_DIR"] = "/older" };
        var older = BaseFolder.Find(null, variables);
        variables[BaseFolder.Variable] = "/newer";

        var newer = BaseFolder.Find(null, variables);

        Assert.Equal(("/older", "/newer"), (older.Path, newer.Path));
        Assert.Equal(("/given", "/named"), (BaseFolder.Find("/given", variables).Path, BaseFolder.Find(null, new Dictionary<string, string> { [BaseFolder.Variable] = "/named" }).Path));
    }

    [Fact]
    public void A_base_directory_that_the_environment_names_says_so()
    {
        _rig.Variables[BaseFolder.Variable] = _rig.BaseDirectory;

        var start = StartSettings.Find(new TelemetryOptions { Variables = _rig.Variables });

        Assert.Contains(new SettingValue("baseDirectory", _rig.BaseDirectory, SettingOrigin.Environment), start.Resolved.Values);
    }

    [Fact]
    [Trait("Feature", "S2.8")]
    [Trait("Feature", "S0.31")]
    public void Transport_and_debug_say_which_sinks_there_are()
    {
        Assert.Equal(["jsonl"], SinksWith());
        Assert.Equal(["jsonl", "http"], SinksWith(("upload_url", "https://example.com")));
        Assert.Equal(["jsonl", "http"], SinksWith(("endpoint", "https://example.com"), ("transport", "http")));
        Assert.Equal(["jsonl"], SinksWith(("endpoint", "https://example.com"), ("transport", "file")));
        Assert.Equal(["jsonl", "console"], SinksWith(("endpoint", "https://example.com"), ("transport", "console")));
        Assert.Equal(["jsonl", "debug"], SinksWith(("debug", "true")));
    }

    [Fact]
    public void Code_adds_sinks_as_a_sentence_and_its_faults_are_thrown_all_at_once()
    {
        using (var telemetry = _rig.Start(options => options
            .AddConsole(console => console.Writer = TextWriter.Null)
            .AddDelegate("mine", (_, _) => ValueTask.CompletedTask)
            .AddHttp(new Uri("https://example.com"))))
        {
            Assert.Equal(["jsonl", "console", "mine", "http"], telemetry.Sinks.Select(sink => sink.Name));
        }

        var thrown = Assert.Throws<ArgumentException>(() => _rig.Start(options => options
            .AddDelegate("jsonl", (_, _) => ValueTask.CompletedTask)
            .AddDelegate("No Name", (_, _) => ValueTask.CompletedTask)
            .AddHttp(new Uri("ftp://example.com"))));
        Assert.Equal(3, thrown.Message.Split('\n').Length);
        Assert.Contains("Sinks:Http:Endpoint", thrown.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<string> SinksWith(params (string Name, string Text)[] settings)
    {
        _rig.Variables.Clear();
        foreach (var (name, text) in settings)
        {
            _rig.Variables["TelemetryActors__" + name] = text;
        }

        using var telemetry = _rig.Start();
        return [.. telemetry.Sinks.Select(sink => sink.Name)];
    }
}
