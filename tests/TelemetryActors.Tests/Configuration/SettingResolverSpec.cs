using TelemetryActors.Configuration;
using TelemetryActors.Log;
using TelemetryActors.Sampling;
using Xunit;

namespace TelemetryActors.Tests.Configuration;

[Trait("Feature", "S4.7b")]
public sealed class SettingResolverSpec
{
    [Fact]
    public void Each_origin_wins_over_the_ones_below_it()
    {
        var code = new TelemetryOptions { MaxWait = TimeSpan.FromMilliseconds(1) };
        SettingOrigin[] outside = [SettingOrigin.AppSettings, SettingOrigin.File, SettingOrigin.Environment, SettingOrigin.CommandLine];

        var seen = new List<(string?, SettingOrigin)> { Seen(new TelemetryOptions(), []), Seen(code, []) };
        for (var count = 1; count <= outside.Length; count++)
        {
            // In an order that is none, so that only the origin counts.
            seen.Add(Seen(code, outside.Take(count).Reverse().Select(origin => Source(origin, ("maxWait", $"{(int)origin}s")))));
        }

        Assert.Equal(
            [
                ("50ms", SettingOrigin.Default), ("1ms", SettingOrigin.Code), ("2s", SettingOrigin.AppSettings),
                ("3s", SettingOrigin.File), ("4s", SettingOrigin.Environment), ("5s", SettingOrigin.CommandLine),
            ],
            seen);

        static (string?, SettingOrigin) Seen(TelemetryOptions code, IEnumerable<SettingSource> sources)
        {
            var value = SettingResolver.Resolve(code, sources).Values.Single(value => value.Path == "maxWait");
            return (value.Value, value.Origin);
        }
    }

    [Theory]
    [Trait("Feature", "D.9")]
    [InlineData("0"), InlineData("off"), InlineData("No"), InlineData(" FALSE ")]
    public void However_it_is_spelt_that_nothing_is_recorded_wins(string denial)
    {
        SettingSource[] sources = [Source(SettingOrigin.File, ("enabled", denial)), Source(SettingOrigin.Environment, ("enabled", "yes")), Source(SettingOrigin.CommandLine, ("trackGit", "off"), ("debug", "1"))];

        var resolved = SettingResolver.Resolve(new TelemetryOptions(), sources);

        Assert.Empty(resolved.Faults);
        Assert.Equal((false, false, true), (resolved.Options.Enabled, resolved.Options.TrackGit, resolved.Options.Debug));
    }

    [Theory]
    [Trait("Feature", "D.9")]
    [InlineData(SettingOrigin.AppSettings)]
    [InlineData(SettingOrigin.File)]
    [InlineData(SettingOrigin.Environment)]
    [InlineData(SettingOrigin.CommandLine)]
    public void Enabled_false_wins_from_wherever_it_comes(SettingOrigin denying)
    {
        var sources = new[] { SettingOrigin.AppSettings, SettingOrigin.File, SettingOrigin.Environment, SettingOrigin.CommandLine }
            .Select(origin => Source(origin, ("Enabled", origin == denying ? "false" : "true")));

        var resolved = SettingResolver.Resolve(new TelemetryOptions(), sources);

        Assert.False(resolved.Options.Enabled);
        Assert.Equal(new SettingValue("enabled", "false", denying), resolved.Values[0]);
    }

    [Theory]
    [Trait("Feature", "D.9")]
    [InlineData("enabled", "telemetry.enabled")]
    [InlineData("telemetry.enabled", "enabled")]
    [InlineData("Enabled", "enabled")]
    [InlineData("enabled", "ENABLED")]
    public void It_wins_over_a_true_beside_it_in_the_same_place(string denying, string other)
    {
        var first = SettingResolver.Resolve(new TelemetryOptions(), [Source(SettingOrigin.File, (denying, "false"), (other, "true"))]);
        var last = SettingResolver.Resolve(new TelemetryOptions(), [Source(SettingOrigin.File, (other, "true"), (denying, "false"))]);

        Assert.Equal((false, false), (first.Options.Enabled, last.Options.Enabled));
    }

    [Fact]
    [Trait("Feature", "D.9")]
    public void Enabled_false_in_code_is_not_taken_back_outside()
    {
        var resolved = SettingResolver.Resolve(new TelemetryOptions { Enabled = false }, [Source(SettingOrigin.CommandLine, ("enabled", "true"))]);

        Assert.Equal(new SettingValue("enabled", "false", SettingOrigin.Code), resolved.Values[0]);
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public void A_bad_value_is_told_with_its_path_and_the_next_lower_one_holds()
    {
        var resolved = SettingResolver.Resolve(
            new TelemetryOptions(),
            [Source(SettingOrigin.File, ("log.fsync", "always")), Source(SettingOrigin.Environment, ("TelemetryActors__Log__Fsync", "Log__Fsync", "sometimes"))]);

        Assert.Equal(FsyncMode.Always, resolved.Options.Log.Fsync);
        Assert.Equal("TelemetryActors__Log__Fsync must be one of interval, always, never, not 'sometimes'", Assert.Single(resolved.Faults));
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public void Every_bad_value_is_told_at_once_and_unknown_names_too()
    {
        var resolved = SettingResolver.Resolve(
            new TelemetryOptions(),
            [Source(SettingOrigin.File, ("samplingRate", "2"), ("colour", "blue"), ("ringBytes", "1"), ("baseDirectory", "/elsewhere"), ("sinks.s3.bucket", "mine"))]);

        Assert.Equal(4, resolved.Faults.Count);
        Assert.Contains("colour is not a setting", resolved.Faults);
        Assert.Contains("ringBytes must be a size from 128KiB to 1GiB, not '1'", resolved.Faults);
        Assert.Null(resolved.Options.BaseDirectory);
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public void Values_that_contradict_each_other_go_back_together()
    {
        var resolved = SettingResolver.Resolve(
            new TelemetryOptions(),
            [Source(SettingOrigin.File, ("log.maxFileBytes", "4GiB"), ("log.retentionBytes", "1GiB"), ("maxWait", "1s"))]);

        Assert.Contains("Log:RetentionBytes must be at least Log:MaxFileBytes", Assert.Single(resolved.Faults), StringComparison.Ordinal);
        Assert.Equal(new LogOptions().MaxFileBytes, resolved.Options.Log.MaxFileBytes);
        Assert.Equal(TimeSpan.FromSeconds(1), resolved.Options.MaxWait);
    }

    [Fact]
    [Trait("Feature", "S2.9")]
    [Trait("Feature", "S0.27")]
    [Trait("Feature", "S0.28")]
    public void Every_setting_of_the_documents_reaches_its_option()
    {
        var options = SettingResolver.Resolve(
            new TelemetryOptions(),
            [
                Source(
                    SettingOrigin.File, ("preset", "collector"), ("ringBytes", "2MiB"), ("telemetry.file", "runtime/telemetry.jsonl"), ("log.fsyncInterval", "250ms"),
                    ("log.maxFileBytes", "1MiB"), ("log.retentionBytes", "8MiB"), ("log.retentionAge", "90d"), ("sampling", "throttled"), ("samplingRate", "0.1"),
                    ("throttleWindowMs", "30000"), ("maxEventsPerWindow", "7"), ("redactPII", "false"), ("redactFields", "badge, plate"),
                    ("telemetry.upload_url", "https://api.example.com/telemetry"), ("maxBufferSize", "25"), ("flushIntervalMs", "15000"), ("transport", "http"),
                    ("debug", "true"), ("enable_community_telemetry", "true"), ("enable_s3_diagnostics", "false")),
            ]).Options;

        Assert.Equal((TelemetryPreset.Collector, 2L << 20), (options.Preset, options.RingBytes));
        Assert.Equal(("runtime/telemetry.jsonl", TimeSpan.FromMilliseconds(250), TimeSpan.FromDays(90)), (options.Log.File, options.Log.FsyncInterval, options.Log.RetentionAge));
        Assert.Equal((1L << 20, 8L << 20), (options.Log.MaxFileBytes, options.Log.RetentionBytes));
        Assert.Equal((SamplingMode.Throttled, 0.1, TimeSpan.FromSeconds(30), 7), (options.Sampling.Mode, options.Sampling.Rate, options.Sampling.ThrottleWindow, options.Sampling.MaxEventsPerWindow));
        Assert.False(options.Redaction.Enabled);
        Assert.Equal(["badge", "plate"], options.Redaction.Fields);
        Assert.Equal((new Uri("https://api.example.com/telemetry"), 25, TimeSpan.FromSeconds(15)), (options.Http.Endpoint, options.Http.MaxBufferSize, options.Http.FlushInterval));
        Assert.Equal((TelemetryTransport.Http, true, true, false), (options.Transport, options.Debug, options.EnableCommunity, options.EnableS3));
    }

    [Fact]
    public void What_a_setting_shows_can_be_set_again()
    {
        var shown = SettingResolver.Resolve(new TelemetryOptions(), []).Values.Where(value => value.Value is not null).Select(value => (value.Path, value.Value!)).ToArray();

        var resolved = SettingResolver.Resolve(new TelemetryOptions(), [Source(SettingOrigin.CommandLine, shown)]);

        Assert.Empty(resolved.Faults);
        Assert.Equal(shown, resolved.Values.Where(value => value.Value is not null).Select(value => (value.Path, value.Value!)));
    }

    [Fact]
    public void What_code_redacts_is_redacted_whatever_is_set_outside()
    {
        var code = new TelemetryOptions();
        code.Redaction.Fields.Add("badge");

        var resolved = SettingResolver.Resolve(code, [Source(SettingOrigin.Environment, ("redactFields", "plate,Badge"))]);

        Assert.Equal(["badge", "plate"], resolved.Options.Redaction.Fields);
        Assert.Equal(["badge"], code.Redaction.Fields);
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public void A_fault_that_is_read_twice_is_told_once_by_the_name_of_the_last_reading()
    {
        SettingSource host = Source(SettingOrigin.Environment, ("TelemetryActors:SamplingRate", "SamplingRate", "2"));
        SettingSource own = Source(SettingOrigin.Environment, ("TelemetryActors__SamplingRate", "SamplingRate", "2"));

        var resolved = SettingResolver.Resolve(new TelemetryOptions(), [host, own]);
        var other = SettingResolver.Resolve(new TelemetryOptions(), [Source(SettingOrigin.AppSettings, ("samplingRate", "samplingRate", "2")), own]);

        Assert.StartsWith("TelemetryActors__SamplingRate ", Assert.Single(resolved.Faults), StringComparison.Ordinal);
        Assert.Equal(2, other.Faults.Count);
    }

    private static SettingSource Source(SettingOrigin origin, params (string Path, string Text)[] texts) =>
        new(origin, texts.Select(text => (text.Path, text.Path, text.Text)));

    private static SettingSource Source(SettingOrigin origin, (string Name, string Path, string Text) text) => new(origin, [text]);
}
