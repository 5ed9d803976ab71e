using System.Text.Json;
using TelemetryActors.Delivery;
using TelemetryActors.Engine;
using TelemetryActors.Storage;
using TelemetryActors.Supervision;
using Xunit;

namespace TelemetryActors.Cli.Sinks;

public sealed class SwitchedOffSpec : IDisposable
{
    private readonly TelemetryProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    [Trait("Feature", "S1.21")]
    public void A_sink_that_is_switched_off_is_shown_as_off_with_the_setting()
    {
        Save("s3");
        _program.Run("config", "set", "enable_s3_diagnostics", "false");

        var sink = Sink("s3");

        Assert.Equal(("off", "enable_s3_diagnostics is false"), (sink.GetProperty("state").GetString(), sink.GetProperty("cause").GetString()));
    }

    [Fact]
    [Trait("Feature", "D.11")]
    public void A_store_that_is_switched_off_is_shown_as_off_with_the_setting_and_one_that_nobody_set_as_it_was()
    {
        Save("sqlite");
        var unset = Sink("sqlite");
        _program.Run("config", "set", "sinks.sqlite.enabled", "false");

        var sink = Sink("sqlite");

        Assert.Equal("closed", unset.GetProperty("state").GetString());
        Assert.Equal(("off", "sinks.sqlite.enabled is false"), (sink.GetProperty("state").GetString(), sink.GetProperty("cause").GetString()));
    }

    [Fact]
    [Trait("Feature", "S1.21")]
    public void A_drain_names_the_sinks_that_are_switched_off_and_why()
    {
        _program.Run("config", "set", "sinks.s3.bucket", "diagnostics");
        _program.Run("config", "set", "enable_s3_diagnostics", "false");

        var (all, named) = (_program.Run("sinks", "drain"), _program.Run("sinks", "drain", "s3"));

        Assert.Equal((2, 2), (all.ExitCode, named.ExitCode));
        Assert.EndsWith(" ask for no sink. s3 is off: enable_s3_diagnostics is false. No other is named.\n", all.Error, StringComparison.Ordinal);
        Assert.EndsWith(" ask for no sink 's3'. enable_s3_diagnostics is false. No other is named.\n", named.Error, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Feature", "S2.8")]
    [InlineData("console", "off", "off")]
    [InlineData("file", "off", "off")]
    [InlineData("custom", "off", "open")]
    [InlineData("http", "closed", "off")]
    [InlineData(null, "closed", "open")]
    public void A_sink_that_the_transport_leaves_out_is_shown_as_off_with_it(string? transport, string http, string s3)
    {
        Save("http");
        Save("s3", CircuitState.Open);
        _program.Run("config", "set", "endpoint", "http://127.0.0.1:9/");
        _program.Run("config", "set", "sinks.s3.bucket", "diagnostics");
        if (transport is not null)
        {
            _program.Run("config", "set", "transport", transport);
        }

        var states = (Sink("http"), Sink("s3"));

        Assert.Equal((http, s3), (states.Item1.GetProperty("state").GetString(), states.Item2.GetProperty("state").GetString()));
        Assert.Equal((http == "off", s3 == "off"), (IsCause(states.Item1), IsCause(states.Item2)));

        bool IsCause(JsonElement sink) => sink.GetProperty("cause").GetString() == $"transport is {transport}";
    }

    private JsonElement Sink(string name) => TelemetryProgram.Json(_program.Run("sinks", "--json")).Single(sink => sink.GetProperty("sink").GetString() == name);

    private void Save(string sink, CircuitState circuit = CircuitState.Closed) => new SinkStateFile(DiskFileSystem.Instance, _program.Base, sink).Save(new SinkState
    {
        Accounts = [SinkAccount.StartAtOldest(1)],
        Circuit = new CircuitRecord { State = circuit, OpenUntil = circuit == CircuitState.Open ? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero) : null },
    });
}
