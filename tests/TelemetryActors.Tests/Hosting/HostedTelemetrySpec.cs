using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TelemetryActors.Configuration;
using TelemetryActors.Events;
using TelemetryActors.Hosting;
using TelemetryActors.Recording;
using TelemetryActors.TestKit;
using TelemetryActors.TestKit.Sinks;
using Xunit;

namespace TelemetryActors.Tests.Hosting;

[Collection(nameof(HostedTelemetrySpec))]
public sealed class HostedTelemetrySpec : IDisposable
{
    private readonly HostRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    [Trait("Feature", "S2.68")]
    [Trait("Feature", "S2.69")]
    public async Task Is_there_before_other_services_start_and_after_they_have_ended()
    {
        using var host = _rig.Build(more: services => services.AddHostedService<Talkative>());

        await host.StartAsync();
        await host.StopAsync();

        Assert.Equal(["starting", "stopped"], _rig.Client.Names());
        Assert.All(_rig.Client.Events(), json => Assert.Equal("spec-host", json.GetProperty("agent").GetString()));
    }

    [Fact]
    [Trait("Feature", "S2.69")]
    public async Task SIGTERM_writes_everything_and_ends()
    {
        using var host = _rig.Build();
        await host.StartAsync();
        var accepted = Enumerable.Range(0, 1000).Count(number => host.Services.GetTelemetry().Record("work", ("n", number)).IsAccepted);

        Assert.Equal(0, Kill(Environment.ProcessId, 15));
        await host.WaitForShutdownAsync();

        Assert.Equal(accepted, _rig.Client.Names().Count(name => name == "work"));
    }

    [Fact]
    [Trait("Feature", "S2.69")]
    public async Task A_sink_that_hangs_does_not_keep_the_host_beyond_the_budget()
    {
        var time = new ManualTime();
        using var host = _rig.Build(options =>
        {
            options.Time = time;
            options.ShutdownBudget = TimeSpan.FromSeconds(3);
            options.AddDelegate("stalling", (_, _) => new ValueTask(new TaskCompletionSource().Task));
        });
        await host.StartAsync();
        host.Services.GetTelemetry().Record("work");

        var stopped = host.StopAsync();

        // The log takes none of the budget: its time begins when the log has all, and is the sink's that hangs.
        Eventually.True(() => _rig.Client.Names().Contains("work"), () => string.Join(' ', _rig.Client.Names()));
        Eventually.True(() => stopped.IsCompleted, between: () => time.Advance(TimeSpan.FromMilliseconds(100)));
        await stopped;
    }

    [Fact]
    public void One_client_is_everyones_recorder()
    {
        using var host = _rig.Build();

        Assert.Same(host.Services.GetTelemetry(), host.Services.GetRequiredService<IRecorder>());
        Assert.Same(host.Services.GetTelemetry(), host.Services.GetRequiredService<TelemetryClient>());
    }

    [Fact]
    public void Adding_it_twice_configures_it_further()
    {
        using var host = _rig.Build(
            options => options.AddDelegate("first", (_, _) => ValueTask.CompletedTask),
            services => services.AddTelemetryActors(options => options.AddDelegate("second", (_, _) => ValueTask.CompletedTask)));

        Assert.Equal(["first", "jsonl", "second"], host.Services.GetTelemetry().Sinks.Select(sink => sink.Name).Order(StringComparer.Ordinal));
        Assert.Single(host.Services.GetServices<TelemetryClient>());
    }

    [Fact]
    [Trait("Feature", "S2.57")]
    public void Says_how_to_add_it_where_it_is_not_and_that_it_has_ended()
    {
        using var without = new ServiceCollection().BuildServiceProvider();
        var ended = _rig.Build();
        ended.Services.GetTelemetry();
        ended.Dispose();

        var missing = Assert.Throws<InvalidOperationException>(() => without.GetTelemetry());

        Assert.Contains("AddTelemetryActors()", missing.Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => ended.Services.GetTelemetry());
    }

    [Fact]
    [Trait("Feature", "S2.57")]
    public async Task What_is_recorded_after_the_end_is_refused_and_not_thrown()
    {
        using var host = _rig.Build();
        await host.StartAsync();
        var telemetry = host.Services.GetTelemetry();
        await host.StopAsync();

        var result = telemetry.Record("late");

        Assert.Equal(DropReason.Disabled, result.Reason);
    }

    [Fact]
    [Trait("Feature", "S4.7b")]
    public void Binds_the_hosts_settings_each_with_its_origin()
    {
        _rig.Settings["TelemetryActors:Log:Fsync"] = "always";
        _rig.Settings["TelemetryActors:Sinks:Http:Endpoint"] = "https://example.com/telemetry";
        _rig.Settings["TelemetryActors:RedactFields:0"] = "badge";
        _rig.Settings["TelemetryActors:RedactFields:1"] = "plate";
        _rig.Settings["TelemetryActors:SamplingRate"] = "0.1";
        _rig.Client.Variables["TelemetryActors__SamplingRate"] = "0.2";
        _rig.Settings["TelemetryActors:MaxBufferSize"] = "10";
        _rig.CommandLine = ["--TelemetryActors:MaxBufferSize=20"];
        using var host = _rig.Build();

        var config = host.Services.GetTelemetry().GetConfig();

        Assert.Equal(new SettingValue("log.fsync", "always", SettingOrigin.AppSettings), config["log.fsync"]);
        Assert.Equal(new SettingValue("endpoint", "https://example.com/telemetry", SettingOrigin.AppSettings), config["endpoint"]);
        Assert.Equal(new SettingValue("redactFields", "badge,plate", SettingOrigin.AppSettings), config["redactFields"]);
        Assert.Equal(new SettingValue("samplingRate", "0.2", SettingOrigin.Environment), config["samplingRate"]);
        Assert.Equal(new SettingValue("maxBufferSize", "20", SettingOrigin.CommandLine), config["maxBufferSize"]);
    }

    [Fact]
    public async Task Faults_in_code_stop_the_host_and_are_listed_all_at_once_with_their_paths()
    {
        using var host = _rig.Build(options =>
        {
            options.RingBytes = 1;
            options.AddHttp(new Uri("ftp://example.com"));
        });

        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(2, thrown.Failures.Count());
        Assert.Contains(thrown.Failures, fault => fault.StartsWith("TelemetryActors:RingBytes ", StringComparison.Ordinal));
        Assert.Contains(thrown.Failures, fault => fault.StartsWith("TelemetryActors:Sinks:Http:Endpoint ", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public void Faults_in_settings_are_told_and_the_host_runs()
    {
        BreakSettings();
        var failures = new List<TelemetryFailure>();
        using var host = _rig.Build(options => options.OnFailure = failures.Add);

        var result = host.Services.GetTelemetry().Record("work");

        Assert.True(result.IsAccepted);
        Assert.Equal(
            ["TelemetryActors:Sinks:Http:Endpoint must be an absolute http or https address without user and password, not 'nowhere'", "TelemetryActors:SamplingRate must be a number from 0 to 1, not '2'"],
            failures.Where(failure => failure.Where == "settings").Select(failure => failure.Message).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public void Faults_and_failures_stand_in_the_hosts_log_a_few_a_minute()
    {
        BreakSettings();
        var time = new ManualTime();
        var lines = new List<string>();
        var failures = new List<TelemetryFailure>();
        using var host = _rig.Build(
            options =>
            {
                options.Time = time;
                options.OnFailure = failures.Add;
            },
            services => services.AddLogging(logging => logging.AddProvider(new KeptLines(lines))));
        var telemetry = host.Services.GetTelemetry();

        telemetry.StartRun(null!, "job").Dispose();
        int before;
        lock (lines)
        {
            before = lines.Count;
        }

        time.Advance(TimeSpan.FromMinutes(1));
        telemetry.StartRun(null!, "job").Dispose();
        host.Dispose();

        Assert.Contains(lines, line => line.Contains("TelemetryActors:SamplingRate must be a number", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("A run was started without an agent", StringComparison.Ordinal));
        Assert.True(failures.Count >= before);
        Assert.InRange(before, 3, FailureLog.MostAMinute);
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public void Failures_beyond_the_rate_are_counted_in_the_next_line()
    {
        var time = new ManualTime();
        var lines = new List<string>();
        using var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(new KeptLines(lines))).BuildServiceProvider();
        var told = 0;
        var listener = new FailureLog(services, time).Beside(_ => told++);

        Enumerable.Range(0, 25).ToList().ForEach(number => listener(new TelemetryFailure("http", $"failure {number}")));
        time.Advance(TimeSpan.FromMinutes(1));
        listener(new TelemetryFailure("http", "the next"));

        Assert.Equal(26, told);
        Assert.Equal(12, lines.Count);
        Assert.Equal(["telemetry: 15 failures were not logged", "telemetry, http: the next"], lines[^2..]);
    }

    [Fact]
    [Trait("Feature", "S4.17")]
    public async Task A_program_that_is_nothing_but_telemetry_refuses_to_start_with_them()
    {
        BreakSettings();
        using var host = _rig.Build(options => options.RejectBadSettings = true);

        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(2, thrown.Failures.Count());
    }

    private void BreakSettings()
    {
        _rig.Settings["TelemetryActors:Sinks:Http:Endpoint"] = "nowhere";
        _rig.Settings["TelemetryActors:SamplingRate"] = "2";
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);

    private sealed class KeptLines(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
            {
                if (logLevel == LogLevel.Warning)
                {
                    lines.Add(formatter(state, exception));
                }
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class Talkative(TelemetryClient telemetry) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            telemetry.Record("starting");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            telemetry.Record("stopped");
            return Task.CompletedTask;
        }
    }
}
